from django.db import migrations

# A login that holds a post already is looked after by the place of its first post.
FILL = """
INSERT INTO tenancy_account (place, jurisdiction_id, user_id, person_name, sort_key, opened_at)
SELECT DISTINCT ON (post.user_id) post.place, post.jurisdiction_id, post.user_id, post.person_name, post.sort_key,
       login.created_at
FROM tenancy_post post JOIN tenancy_user login ON login.id = post.user_id
ORDER BY post.user_id, lower(post.valid), post.id
"""


class Migration(migrations.Migration):

    dependencies = [
        ('tenancy', '0006_accounts'),
    ]

    operations = [
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
