"""A programme is drafted in a circle of its own, and each proposal is the subject of a decision.

In three steps, for PostgreSQL refuses to change a table whose rows the same transaction wrote: room for what is new,
then what was in this room goes to the circle, then nothing is left of the old place.
"""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("documents", "0006_stored_files"),
        ("governance", "0002_frozen_decisions"),
        ("partners", "0006_organisation_territory"),
        ("programme", "0002_frozen_rows"),
    ]

    operations = [
        migrations.AddField(
            "programme",
            "circle",
            models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="programme",
                to="partners.circle",
                verbose_name="cercle",
            ),
        ),
        migrations.AddField(
            "programme",
            "deciding_body",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="programmes",
                to="governance.body",
            ),
        ),
        migrations.AddField(
            "programme",
            "decision_rule",
            models.JSONField(blank=True, default=dict, verbose_name="règle de décision"),
        ),
        migrations.AddField(
            "programme",
            "decision_rule_name",
            models.CharField(blank=True, max_length=120, verbose_name="nom de la règle"),
        ),
        migrations.AddField(
            "programme",
            "decision_days",
            models.PositiveSmallIntegerField(default=15, verbose_name="durée du vote, en jours"),
        ),
        migrations.AddField(
            "proposal",
            "decision",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="proposals",
                to="governance.decision",
            ),
        ),
    ]
