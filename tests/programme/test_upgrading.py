"""A database of the version before circles and decisions: nothing of it is lost, and what was under way goes on."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.urls import reverse

from concerte.documents.services import create_document
from concerte.governance.models import Decision
from concerte.lineage.models import Link, Relation
from concerte.programme.models import Programme, Proposal
from concerte.programme.services import publish_edition, withdraw_proposal
from tests.partners.factories import OrganisationFactory
from tests.programme.factories import workshop

BEFORE = [("programme", "0003_circles_and_decisions")]
ENDED = {"starts_on": date(2024, 1, 1), "ends_on": date(2025, 6, 30), "ended_because": "A rejoint la fédération"}


@pytest.fixture
def apps_before(transactional_db: None) -> Iterator[Any]:
    """The tables as they were, with empty columns for what is new; then as they are, whatever the test did."""
    executor = MigrationExecutor(connection)
    newest = executor.loader.graph.leaf_nodes()
    executor.migrate(BEFORE)
    yield executor.loader.project_state(BEFORE).apps
    MigrationExecutor(connection).migrate(newest)


def upgrade() -> None:
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


def programme_of(apps: Any, slug: str, prefix: str) -> Any:
    return apps.get_model("programme", "Programme").objects.create(
        slug=slug,
        title=f"Programme {slug}",
        code_prefix=prefix,
        starts_on="2024",
        ends_on="2026",
        draft_id=create_document(slug, seed=None, acting_user=None).pk,
    )


def test_who_took_part_in_a_programme_takes_part_in_its_circle_from_the_same_day(apps_before):
    organisations = OrganisationFactory.create_batch(2)
    old = apps_before.get_model("programme", "Participation").objects
    for slug, prefix in (("premier", "UN"), ("second", "DEUX")):
        made = programme_of(apps_before, slug, prefix)
        old.create(
            programme=made,
            organisation_id=organisations[0].pk,
            is_coordinator=True,
            role="Anime",
            starts_on="2024-02-03",
        )
        old.create(programme=made, organisation_id=organisations[1].pk, **ENDED)

    upgrade()

    for programme in Programme.objects.all():
        assert (programme.circle.slug, programme.circle.name) == (programme.slug, programme.title)
        first, second = programme.participations.order_by("pk")
        assert (first.organisation, first.is_coordinator, first.role) == (organisations[0], True, "Anime")
        assert (first.starts_on, first.ends_on) == (date(2024, 2, 3), None)
        assert {name: getattr(second, name) for name in ENDED} == ENDED


def test_a_database_without_any_programme_is_brought_up_to_date_too(apps_before):
    upgrade()

    assert not Programme.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_actions_of_texts_put_to_a_decision_are_tied_to_it_once():
    proposal = workshop().freeze()
    put = Link.objects.filter(from_kind="programme.action", to_kind="governance.decision")
    put.delete()
    executor = MigrationExecutor(connection)
    executor.migrate([("programme", "0005_a_circle_each")])

    upgrade()

    tied = put.get()
    assert tied.to_id == str(proposal.decision_id)
    assert (tied.relation, tied.made_at, tied.made_by) == (Relation.SUBMITTED, proposal.frozen_at, proposal.frozen_by)


def frozen_before(at_work: Any) -> Proposal:
    """A proposal both colleges approved, as it stood before each had its decision."""
    proposal = at_work.adopted()
    Proposal.objects.update(decision=None)
    proposal.refresh_from_db()
    return proposal


@pytest.mark.django_db
def test_a_text_frozen_before_decisions_shows_where_its_colleges_stand_and_is_answered(client):
    at_work = workshop()
    frozen_before(at_work)
    client.force_login(at_work.representative)

    page = client.get(reverse("programme:proposal", args=["essai", 1]))

    assert page.status_code == 200
    assert page.context["outcome"].is_met
    assert page.context["form"] is not None


@pytest.mark.django_db
def test_a_text_frozen_before_decisions_is_published_on_a_decision():
    at_work = workshop()
    proposal = frozen_before(at_work)

    publish_edition(proposal, digest=proposal.digest, acting_user=at_work.coordinator)

    proposal.refresh_from_db()
    assert proposal.decision.state == Decision.State.CLOSED
    assert proposal.decision.is_adopted


@pytest.mark.django_db
def test_a_text_frozen_before_decisions_is_taken_back():
    at_work = workshop()
    proposal = frozen_before(at_work)

    withdraw_proposal(proposal, reason="Une coquille.", acting_user=at_work.coordinator)

    proposal.refresh_from_db()
    assert proposal.state == Proposal.State.WITHDRAWN
    assert proposal.decision is None
