"""The helpers the wall's policies call, and what the runtime role may do.

They stand in the first migration of all, because every later table is granted by default to the runtime role.
"""

from django.conf import settings

FUNCTIONS = """
CREATE FUNCTION acting_place() RETURNS text LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE here text := nullif(current_setting('baobao.place', true), '');
BEGIN
  IF here = '*' AND pg_has_role(current_user,
      (SELECT proowner FROM pg_proc WHERE oid = 'public.acting_place()'::regprocedure), 'USAGE') THEN
    RETURN '';
  END IF;
  IF here IS NULL OR here = '*' THEN
    RAISE EXCEPTION 'no acting place' USING ERRCODE = 'BB001';
  END IF;
  RETURN here;
END $$;
CREATE FUNCTION acting_roots() RETURNS text[] LANGUAGE sql STABLE PARALLEL SAFE AS
  $$ SELECT nullif(current_setting('baobao.roots', true), '')::text[] $$;
CREATE FUNCTION acting_user() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE AS
  $$ SELECT nullif(current_setting('baobao.user', true), '')::bigint $$;
CREATE FUNCTION quiet_place() RETURNS text LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
  IF nullif(current_setting('baobao.place', true), '') IS NULL THEN
    RETURN NULL;
  END IF;
  RETURN public.acting_place();
END $$;
"""

DROP_FUNCTIONS = """
DROP FUNCTION quiet_place();
DROP FUNCTION acting_user();
DROP FUNCTION acting_roots();
DROP FUNCTION acting_place();
"""


def grant(apps, schema_editor):
    """Everything but TRUNCATE and ownership; tables made earlier and later alike."""
    role = schema_editor.quote_name(settings.DATABASE_RUNTIME_ROLE)
    for statement in (
        f"GRANT USAGE ON SCHEMA public TO {role}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {role}",
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {role}",
    ):
        schema_editor.execute(statement, params=None)


TRAIL = """
CREATE FUNCTION trail_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- A move of the tree rewrites places through the composite keys; nothing else may touch a written row.
  IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'place' = to_jsonb(OLD) - 'place' THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'the audit trail is append-only' USING ERRCODE = 'BB002';
END $$;
CREATE TRIGGER tenancy_auditevent_append_only BEFORE UPDATE OR DELETE ON tenancy_auditevent
  FOR EACH ROW EXECUTE FUNCTION trail_is_append_only();
CREATE TRIGGER tenancy_auditseal_append_only BEFORE UPDATE OR DELETE ON tenancy_auditseal
  FOR EACH ROW EXECUTE FUNCTION trail_is_append_only();
"""


def protect_trail(apps, schema_editor):
    """The runtime role may only add to the trail; the triggers hold for the owner too."""
    role = schema_editor.quote_name(settings.DATABASE_RUNTIME_ROLE)
    schema_editor.execute(TRAIL, params=None)
    for table in ("tenancy_auditevent", "tenancy_auditseal"):
        schema_editor.execute(f"REVOKE UPDATE, DELETE ON {table} FROM {role}", params=None)
