"""No programme without its circle; taking part is a fact of the circle only."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("programme", "0004_participations_to_circles")]

    operations = [
        migrations.AlterField(
            "programme",
            "circle",
            models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="programme",
                to="partners.circle",
                verbose_name="cercle",
            ),
        ),
        migrations.DeleteModel("Participation"),
    ]
