from django.db import migrations

# The two sides of the concertation; more can be added (independent authorities, observers).
COLLEGES = (
    ("etat", "État", "État", 1, 1),
    ("collectivites", "Collectivités territoriales", "Collectivités", 2, 2),
)


def add_colleges(apps, schema_editor):
    college = apps.get_model("partners", "College")
    for slug, name, short_name, position, appearance in COLLEGES:
        college.objects.get_or_create(
            slug=slug,
            defaults={"name": name, "short_name": short_name, "position": position, "appearance": appearance},
        )


class Migration(migrations.Migration):
    dependencies = [("partners", "0001_initial")]
    operations = [migrations.RunPython(add_colleges, migrations.RunPython.noop)]
