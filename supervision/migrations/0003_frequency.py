"""An obligation names its cycle and which visit of it it is; until here there was one to each quarter."""

from django.db import migrations, models

ONE_TO_A_QUARTER = """
    UPDATE supervision_obligation owed
    SET cycle = opened.label, counted_quarter = opened.label, starts_on = opened.start
    FROM supervision_quarter opened WHERE opened.id = owed.quarter_id
"""


class Migration(migrations.Migration):

    dependencies = [
        ('supervision', '0002_recounted'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='obligation',
            name='supervision_obligation_once',
        ),
        migrations.AddField(
            model_name='obligation',
            name='counted_quarter',
            field=models.CharField(default='', editable=False, max_length=6),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='obligation',
            name='cycle',
            field=models.CharField(default='', max_length=7, verbose_name='督导周期'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='obligation',
            name='ordinal',
            field=models.PositiveSmallIntegerField(default=1, verbose_name='第几次'),
        ),
        migrations.AddField(
            model_name='obligation',
            name='starts_on',
            field=models.DateField(default='2026-01-01', verbose_name='周期开始'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='obligation',
            name='times',
            field=models.PositiveSmallIntegerField(default=1, verbose_name='共几次'),
        ),
        migrations.RunSQL(ONE_TO_A_QUARTER, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name='obligation',
            index=models.Index(fields=['counted_quarter', 'place'], name='supervision_obligation_counted'),
        ),
        migrations.AddConstraint(
            model_name='obligation',
            constraint=models.UniqueConstraint(fields=('entity', 'kind', 'cycle', 'ordinal'), name='supervision_obligation_once'),
        ),
        migrations.AddConstraint(
            model_name='obligation',
            constraint=models.CheckConstraint(condition=models.Q(('cycle__regex', '^[0-9]{4}(-[0-9]{2}|Q[1-4]|H[12])?$'), ('ordinal__gte', 1), ('ordinal__lte', models.F('times'))), name='supervision_obligation_cycle'),
        ),
    ]
