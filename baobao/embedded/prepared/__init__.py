"""The engine for a given server whose plain roles are made on demand (see `baobao.embedded.prepare`)."""
