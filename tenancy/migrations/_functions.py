"""The helpers the wall's policies call, and what the runtime role may do.

They stand in the first migration of all, because every later table is granted by default to the runtime role.
"""

from django.conf import settings

# baobao.place holds one path, or several divided by one space, in byte order and none inside another; the one
# writer is tenancy.scoping. The owner's spoken exception is nested on purpose: a sub-select in the first IF makes
# every call five times dearer.
FUNCTIONS = """
CREATE FUNCTION acting_from() RETURNS text LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE here text := nullif(current_setting('baobao.place', true), '');
BEGIN
  IF here = '*' THEN
    IF pg_has_role(current_user,
        (SELECT proowner FROM pg_proc WHERE oid = 'public.acting_from()'::regprocedure), 'USAGE') THEN
      RETURN '';
    END IF;
    here := NULL;
  END IF;
  IF here IS NULL THEN
    RAISE EXCEPTION 'no acting place' USING ERRCODE = 'BB001';
  END IF;
  RETURN split_part(here, ' ', 1);
END $$;
CREATE FUNCTION acting_to() RETURNS text LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE here text := nullif(current_setting('baobao.place', true), '');
BEGIN
  IF here = '*' THEN
    RETURN public.acting_from() || '~';
  END IF;
  IF here IS NULL THEN
    RAISE EXCEPTION 'no acting place' USING ERRCODE = 'BB001';
  END IF;
  RETURN split_part(here, ' ', -1) || '~';
END $$;
CREATE FUNCTION acting_roots() RETURNS text[] LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE roots text[] := string_to_array(nullif(current_setting('baobao.place', true), ''), ' ');
BEGIN
  IF roots IS NULL THEN
    RAISE EXCEPTION 'no acting place' USING ERRCODE = 'BB001';
  END IF;
  IF cardinality(roots) = 1 THEN
    RETURN NULL;
  END IF;
  FOR i IN 2 .. cardinality(roots) LOOP
    IF roots[i] COLLATE "C" < roots[i - 1] || '~' THEN
      RAISE EXCEPTION 'acting places not in order' USING ERRCODE = 'BB002';
    END IF;
  END LOOP;
  RETURN roots;
END $$;
CREATE FUNCTION acts_below(place text) RETURNS boolean LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
  PERFORM public.acting_from();
  RETURN EXISTS (SELECT 1 FROM unnest(string_to_array(current_setting('baobao.place', true), ' ')) AS root
                 WHERE root ^@ place);
END $$;
CREATE FUNCTION acting_user() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE AS
  $$ SELECT nullif(current_setting('baobao.user', true), '')::bigint $$;
CREATE FUNCTION refresh_statistics(VARIADIC tables regclass[]) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, public AS $$
DECLARE each_table regclass;
BEGIN
  FOREACH each_table IN ARRAY tables LOOP
    EXECUTE format('ANALYZE %s', each_table);
  END LOOP;
END $$;
CREATE FUNCTION quiet_from() RETURNS text LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
  IF nullif(current_setting('baobao.place', true), '') IS NULL THEN
    RETURN NULL;
  END IF;
  RETURN public.acting_from();
END $$;
CREATE FUNCTION quiet_to() RETURNS text LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
  IF nullif(current_setting('baobao.place', true), '') IS NULL THEN
    RETURN NULL;
  END IF;
  RETURN public.acting_to();
END $$;
CREATE FUNCTION quiet_roots() RETURNS text[] LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
  IF nullif(current_setting('baobao.place', true), '') IS NULL THEN
    RETURN NULL;
  END IF;
  RETURN public.acting_roots();
END $$;
"""

DROP_FUNCTIONS = """
DROP FUNCTION quiet_roots(), quiet_to(), quiet_from(), acting_user(), acts_below(text);
DROP FUNCTION refresh_statistics(VARIADIC regclass[]);
DROP FUNCTION acting_roots(), acting_to(), acting_from();
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
