"""The thread of each action of a text that was put to a decision says so, for those put before threads did."""

import json

from django.db import migrations


def tie(apps, schema_editor):
    links = apps.get_model("lineage", "Link").objects
    actions = apps.get_model("programme", "Action").objects
    for proposal in apps.get_model("programme", "Proposal").objects.exclude(decision=None).order_by("pk").iterator():
        codes = {action["code"] for axis in json.loads(proposal.content)["axes"] for action in axis["actions"]}
        known = actions.filter(programme=proposal.programme_id, code__in=codes).order_by("number")
        for key in known.values_list("pk", flat=True):
            made, is_new = links.get_or_create(
                from_kind="programme.action",
                from_id=str(key),
                to_kind="governance.decision",
                to_id=str(proposal.decision_id),
                relation="submitted",
                withdrawn_at=None,
                defaults={"made_by_id": proposal.frozen_by_id},
            )
            if is_new:
                links.filter(pk=made.pk).update(made_at=proposal.frozen_at)


class Migration(migrations.Migration):
    dependencies = [("lineage", "0001_initial"), ("programme", "0005_a_circle_each")]

    operations = [migrations.RunPython(tie, migrations.RunPython.noop)]
