"""A shop reported closed waits for the office's check; what visits reported before is put on the same list."""

import django.db.models.deletion
import tenancy.models.located
import tenancy.wall
from django.db import migrations, models

REPORTED_BEFORE = """
    INSERT INTO supervision_closurereport (place, visit_id, state, status, reason, decided_by_name)
    SELECT place, id, 'waiting', '', '', '' FROM supervision_visit
    WHERE outcome = 'shop_closed' AND voided_on IS NULL
"""


class Migration(migrations.Migration):

    dependencies = [
        ('entities', '0001_initial'),
        ('supervision', '0003_frequency'),
        ('tenancy', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='ClosureReport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place', tenancy.models.located.PlaceField(editable=False)),
                ('state', models.CharField(choices=[('waiting', '待核实'), ('accepted', '已核实关店'), ('rejected', '核实未关店')], default='waiting', max_length=12, verbose_name='核实')),
                ('status', models.CharField(blank=True, choices=[('active', '在营'), ('stopped', '停业'), ('dormant', '歇业'), ('cancelled', '注销'), ('revoked', '吊销')], default='', max_length=12, verbose_name='经营状态')),
                ('reason', models.CharField(blank=True, default='', max_length=200, verbose_name='原因')),
                ('decided_by_name', models.CharField(blank=True, default='', max_length=60, verbose_name='核实人')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='核实时间')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.post')),
                ('visit', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='closure', to='supervision.visit')),
            ],
            options={
                'verbose_name': '关店反映',
                'abstract': False,
                'indexes': [models.Index(fields=['place', 'id'], name='closurereport_at')],
                'constraints': [tenancy.wall.Wall(name='supervision_closurereport_wall'), models.UniqueConstraint(fields=('id', 'place'), name='supervision_closurereport_id_place'), tenancy.wall.SamePlace(name='supervision_closurereport_place', parent='visit'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('decided_by', None), ('reason', ''), ('state', 'waiting'), ('status', '')), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), ('state', 'accepted'), ('status__gt', '')), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), ('reason__gt', ''), ('state', 'rejected'), ('status', '')), _connector='OR'), name='supervision_closurereport_decided')],
            },
        ),
        migrations.RunSQL(REPORTED_BEFORE, migrations.RunSQL.noop),
    ]
