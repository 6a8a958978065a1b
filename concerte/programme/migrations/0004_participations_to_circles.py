"""Each programme gets its circle, and those who take part in it take part in the circle: same facts, same dates."""

from django.db import migrations

FACTS = ("organisation_id", "is_coordinator", "role", "starts_on", "ends_on", "ended_because")


def to_circles(apps, schema_editor):
    circles = apps.get_model("partners", "Circle").objects
    moved = apps.get_model("partners", "Participation")
    for programme in apps.get_model("programme", "Programme").objects.order_by("pk"):
        programme.circle = circles.create(slug=programme.slug, name=programme.title)
        programme.save(update_fields=["circle"])
        moved.objects.bulk_create(
            moved(circle=programme.circle, **facts) for facts in programme.participations.order_by("pk").values(*FACTS)
        )


def back_to_programmes(apps, schema_editor):
    programmes = apps.get_model("programme", "Programme").objects
    moved = apps.get_model("programme", "Participation")
    for programme in programmes.exclude(circle=None).order_by("pk"):
        circle = programme.circle
        moved.objects.bulk_create(
            moved(programme=programme, **facts) for facts in circle.participations.order_by("pk").values(*FACTS)
        )
        programme.circle = None
        programme.save(update_fields=["circle"])
        circle.participations.all().delete()
        circle.delete()


class Migration(migrations.Migration):
    dependencies = [("programme", "0003_circles_and_decisions")]

    operations = [migrations.RunPython(to_circles, back_to_programmes)]
