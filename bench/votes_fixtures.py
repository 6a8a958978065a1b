"""A body of many organisations in two colleges, decisions it votes on, and everybody signed in.

Run with the environment of the server to prepare: votes_fixtures.py FILE.json VOTERS DECISIONS READERS. Writes in the
file {"decisions": [numbers], "secretary": session, "voters": [{"session", "college"}], "readers": [sessions]}. Readers
are substitutes: an open decision is shown to those who sit on the body."""

import json
import os
import sys
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import django
from django.db import transaction


def prepare(voters: int, decisions: int, readers: int) -> dict[str, Any]:
    from django.conf import settings  # noqa: PLC0415 - Django is set up by now
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from concerte.accounts.models import User  # noqa: PLC0415
    from concerte.governance.counting_rules import CollegeRule, Method, Rule  # noqa: PLC0415
    from concerte.governance.models import Body, Mandate, Seat  # noqa: PLC0415
    from concerte.governance.services import open_decision  # noqa: PLC0415
    from concerte.partners.models import College, Membership, Organisation  # noqa: PLC0415

    sessions = import_module(settings.SESSION_ENGINE).SessionStore

    def signed_in(person: User) -> str:
        session = sessions()
        session[SESSION_KEY] = str(person.pk)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = person.get_session_auth_hash()
        session.save()
        return str(session.session_key)

    now = timezone.now()
    started = timezone.localdate() - timedelta(days=30)
    colleges = [
        College.objects.get_or_create(slug=slug, defaults={"name": slug})[0] for slug in ("etat", "collectivites")
    ]
    secretariat = Organisation.objects.create(slug="secretariat", name="Secrétariat", college=colleges[0])
    secretary = User.objects.create_user("secretariat@exemple.fr", "Secrétariat")
    Membership.objects.create(
        person=secretary, organisation=secretariat, role=Membership.Role.COORDINATION, starts_on=started
    )
    body = Body.objects.create(
        slug="assemblee", name="Assemblée", level=Body.Level.STEERING, secretariat=secretariat, max_proxies=1
    )
    organisations = Organisation.objects.bulk_create(
        Organisation(slug=f"membre-{rank}", name=f"Organisation membre {rank}", college=colleges[rank % 2])
        for rank in range(voters)
    )
    seats = Seat.objects.bulk_create(
        Seat(body=body, organisation=each, college=each.college, starts_on=started) for each in organisations
    )
    people = [User.objects.create_user(f"membre-{rank}@exemple.fr", f"Membre {rank}") for rank in range(voters)]
    Mandate.objects.bulk_create(
        Mandate(seat=seat, person=person, starts_on=started) for seat, person in zip(seats, people, strict=True)
    )
    watching = [User.objects.create_user(f"lecture-{rank}@exemple.fr", f"Lecture {rank}") for rank in range(readers)]
    Mandate.objects.bulk_create(
        Mandate(seat=seats[rank % voters], person=person, is_substitute=True, starts_on=started)
        for rank, person in enumerate(watching)
    )
    rule = Rule(
        method=Method.MAJORITY,
        colleges=tuple(CollegeRule(college=each.slug) for each in colleges),
        may_close_early=True,
    )
    opened = [
        open_decision(
            body,
            question=f"Faut-il adopter le texte {rank + 1} ?",
            rule=rule,
            rule_name="Double majorité",
            wording="Le texte proposé.",
            closes_at=now + timedelta(days=7),
            acting_user=secretary,
        )
        for rank in range(decisions)
    ]
    return {
        "decisions": [each.number for each in opened],
        "secretary": signed_in(secretary),
        "readers": [signed_in(person) for person in watching],
        "voters": [
            {"session": signed_in(person), "college": seat.college.slug}
            for seat, person in zip(seats, people, strict=True)
        ],
    }


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "concerte.config.settings")
    django.setup()
    path = Path(sys.argv[1])
    with transaction.atomic():
        prepared = prepare(*map(int, sys.argv[2:5]))
    path.write_text(json.dumps(prepared))
