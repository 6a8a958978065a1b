from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("documents", "0004_fewer_indexes"),
    ]

    operations = [
        migrations.AddField(
            model_name="snapshot",
            name="state_vector",
            field=models.BinaryField(default=bytes, verbose_name="vecteur d’état"),
        ),
    ]
