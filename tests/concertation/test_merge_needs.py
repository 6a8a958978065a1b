"""Making one need of several."""

import pytest

from concerte.concertation.errors import NeedRefused
from concerte.concertation.models import Need
from concerte.concertation.services import merge_needs
from concerte.lineage.models import Link, Relation
from concerte.lineage.walking import leads_to
from tests.concertation.factories_needs import CircleFactory, NeedFactory, coordinator, participant, person_of

pytestmark = pytest.mark.django_db


def test_whoever_shared_a_duplicate_shares_what_is_kept_once():
    circle = CircleFactory()
    kept, first, second = NeedFactory.create_batch(3, circle=circle)
    both = participant(circle).organisation
    for need in (first, second):
        need.supports.create(organisation=both, words="Ici aussi.")

    merge_needs([first, second], into=kept, because="Même besoin.", acting_user=coordinator(circle))

    sharing = {support.organisation for support in kept.supports.standing()}
    assert sharing == {kept.organisation, first.organisation, second.organisation, both}
    carried = kept.supports.get(organisation=both)
    assert (carried.words, carried.came_from) == ("Ici aussi.", first)


def test_duplicates_keep_their_pages_and_lead_to_what_is_kept():
    circle = CircleFactory()
    kept, duplicate = NeedFactory.create_batch(2, circle=circle)

    merge_needs([duplicate], into=kept, because="Même besoin.", acting_user=coordinator(circle))

    duplicate.refresh_from_db()
    assert (duplicate.merged_into, duplicate.closed_because, duplicate.is_withdrawn) == (kept, "Même besoin.", False)
    assert duplicate.supports.standing().count() == 1
    assert leads_to(duplicate.reference, kept.reference)
    assert Link.objects.get().relation == Relation.MERGED


def test_who_raised_them_all_merges_them():
    circle = CircleFactory()
    kept = NeedFactory(circle=circle)
    duplicate = NeedFactory(circle=circle, organisation=kept.organisation)

    merge_needs([duplicate], into=kept, because="Même besoin.", acting_user=person_of(kept.organisation))

    assert Need.objects.open().get() == kept


def refused(duplicates, into, person, *, because="Même besoin."):
    before = list(Need.objects.order_by("pk").values())

    with pytest.raises(NeedRefused) as refusal:
        merge_needs(duplicates, into=into, because=because, acting_user=person)

    assert list(Need.objects.order_by("pk").values()) == before
    assert not Link.objects.exists()
    return refusal.value.code


def test_who_raised_only_one_of_them_does_not():
    circle = CircleFactory()
    kept, duplicate = NeedFactory.create_batch(2, circle=circle)

    assert refused([duplicate], kept, person_of(kept.organisation)) == "not-allowed"


def test_a_need_is_not_merged_with_itself():
    kept = NeedFactory()

    assert refused([kept], kept, coordinator(kept.circle)) == "itself"


def test_something_is_to_be_merged():
    kept = NeedFactory()

    assert refused([], kept, coordinator(kept.circle)) == "nothing"


def test_a_reason_is_asked_for():
    circle = CircleFactory()
    kept, duplicate = NeedFactory.create_batch(2, circle=circle)

    assert refused([duplicate], kept, coordinator(circle), because=" ") == "no-reason"


def test_needs_of_two_programmes_stay_two():
    kept, other = NeedFactory(), NeedFactory(public=True)

    assert refused([other], kept, coordinator(kept.circle)) == "other-circle"


def test_a_closed_need_is_not_merged_again():
    circle = CircleFactory()
    kept, closed = NeedFactory(circle=circle), NeedFactory(circle=circle, withdrawn=True)

    assert refused([closed], kept, coordinator(circle)) == "closed"


def test_a_need_that_cannot_be_seen_is_not_merged():
    circle = CircleFactory()
    kept, hidden = NeedFactory(circle=circle), NeedFactory(circle=circle, sides=True)

    assert refused([hidden], kept, coordinator(circle)) == "not-found"


def test_a_merge_unveils_nothing():
    circle = CircleFactory()
    kept, duplicate = NeedFactory(circle=circle, public=True), NeedFactory(circle=circle)

    assert refused([duplicate], kept, coordinator(circle)) == "less-visible"


def test_a_chain_of_merges_cannot_close_into_a_circle():
    circle = CircleFactory()
    first, second = NeedFactory.create_batch(2, circle=circle)
    merge_needs([first], into=second, because="Même besoin.", acting_user=coordinator(circle))

    with pytest.raises(NeedRefused) as refusal:
        merge_needs([second], into=first, because="Même besoin.", acting_user=coordinator(circle))

    assert refusal.value.code == "closed"
    assert Link.objects.count() == 1
