"""Database engines that look after their own server.

`baobao.embedded` starts PostgreSQL from the wheel on the first connection (trial and tests); `baobao.embedded.prepared`
makes the plain roles on a server it was given an administrator for. Importing this starts and reads nothing.
"""
