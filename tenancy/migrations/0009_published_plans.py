"""What strangers may read of plans: those for publication, in force on a day, in a place and above it.

The one function that looks over the wall for nobody in particular. It runs as the owner, speaks the owner's exception
for its one statement (which means nothing to the role that calls it), and has the publicity in its condition, so that
no caller can leave it out.
"""

from django.conf import settings
from django.db import migrations

CREATE = """
CREATE FUNCTION published_plans(here text, today date) RETURNS SETOF tenancy_plan LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, public AS $$
DECLARE before text := coalesce(current_setting('baobao.place', true), '');
BEGIN
  PERFORM set_config('baobao.place', '*', true);
  RETURN QUERY SELECT plan.* FROM public.tenancy_plan plan
    WHERE plan.publicity = '主动公开' AND plan.valid @> today AND here ^@ plan.place
    ORDER BY length(plan.place) DESC;
  PERFORM set_config('baobao.place', before, true);
END $$;
REVOKE ALL ON FUNCTION published_plans(text, date) FROM PUBLIC;
"""
DROP = "DROP FUNCTION published_plans(text, date);"


def grant(apps, schema_editor):
    role = schema_editor.quote_name(settings.DATABASE_RUNTIME_ROLE)
    schema_editor.execute(f"GRANT EXECUTE ON FUNCTION published_plans(text, date) TO {role}", params=None)


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0008_mapped_imports")]

    operations = [
        migrations.RunSQL(CREATE, DROP),
        migrations.RunPython(grant, migrations.RunPython.noop),
    ]
