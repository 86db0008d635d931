import django.contrib.postgres.fields
from django.db import migrations, models

from entities.rules.quality import odd_values
from tenancy.fields import unseal
from tenancy.rules.names import search_key

CHUNK = 2000


def fill(apps, schema_editor):
    """What entities written before are found by, and which of their values look wrong."""
    entity, licence = apps.get_model("entities", "Entity"), apps.get_model("entities", "Licence")
    numbers = dict(licence.objects.order_by("-pk").values_list("entity_id", "number"))
    rows = []
    for row in entity.objects.only("name", "uscc", "phone", "phone_index").iterator(chunk_size=CHUNK):
        sealed = row.__dict__["phone"]
        phone = unseal(sealed, "entities_entity.phone", row.phone_index) if sealed else ""
        row.pinyin = search_key(row.name)
        row.oddities = odd_values(name=row.name, uscc=row.uscc, licence=numbers.get(row.pk, ""), phone=phone)
        rows.append(row)
    entity.objects.bulk_update(rows, ["pinyin", "oddities"], batch_size=CHUNK)


class Migration(migrations.Migration):

    dependencies = [
        ('entities', '0002_decisions_and_regradings'),
    ]

    operations = [
        migrations.AddField(
            model_name='entity',
            name='pinyin',
            field=models.CharField(db_collation='C', default='', editable=False, max_length=240),
        ),
        migrations.AddField(
            model_name='entity',
            name='oddities',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=12), default=list, editable=False, size=None),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
