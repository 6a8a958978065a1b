"""Finding needs by their words: an index of French stems in the database, the same on SQLite and PostgreSQL.

What is typed is never compared with every need: only the rows of its rarest stems are read."""

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Q
from rapidfuzz import fuzz, process

from concerte.accounts.models import User
from concerte.common.stems import stems
from concerte.concertation.models.needs import Need, NeedStem, NeedWord

TITLE_WEIGHT = 3
MAX_ASKED_STEMS = 60  # of a text being typed
MAX_ROWS = 6_000  # of the index that one search reads: the rarest stems first
MAX_CANDIDATES = 200  # whose visibility is then asked
MIN_SHARE = 0.3  # of what is typed, weighted by rarity, that a need must have in common
MIN_LIKENESS = 80  # out of 100, between a misspelt stem and the one that is meant
MAX_MISSPELT = 6  # stems looked up by likeness in one search
SHOWN = 6


@dataclass(frozen=True)
class Likeness:
    """A need that resembles a text. share: from 0 to 1, how much of the text it has in common."""

    need: Need
    share: float


def index_needs(needs: Sequence[Need]) -> None:
    """Write what the needs are found by, in place of what was written before; closed ones are no longer found."""
    NeedStem.objects.filter(need__in=[need.pk for need in needs]).delete()
    rows = [
        NeedStem(circle_id=need.circle_id, need_id=need.pk, stem=stem, weight=weight)
        for need in needs
        if need.is_open
        for stem, weight in stems_of(need).items()
    ]
    NeedStem.objects.bulk_create(rows, batch_size=500)
    # In one order for all: two that write at once would otherwise each wait for a word of the other.
    words = sorted({(row.circle_id, row.stem) for row in rows})
    NeedWord.objects.bulk_create(
        [NeedWord(circle_id=circle_id, stem=stem) for circle_id, stem in words], batch_size=500, ignore_conflicts=True
    )


def stems_of(need: Need) -> dict[str, int]:
    """Each stem of a need once, with its weight: a word of the title says more than the others."""
    found = dict.fromkeys(stems(f"{need.difficulty} {need.concerned}"), 1)
    return found | dict.fromkeys(stems(need.title), TITLE_WEIGHT)


def resembling(
    circle_id: int, text: str, viewer: User | AnonymousUser, *, but: int | None = None, limit: int = SHOWN
) -> list[Likeness]:
    """The open needs of a circle that resemble a text the most, among those the viewer may read.

    but: the key of a need that is left out. Three to five queries, however many needs there are."""
    asked = list(dict.fromkeys(stems(text)))[:MAX_ASKED_STEMS]
    counts = _known_counts(circle_id, asked)
    if not counts:
        return []
    total = Need.objects.filter(circle=circle_id).open().count() + 1
    rarity = {stem: math.log(1 + total / count) for stem, count in counts.items()}
    scores = _scores(circle_id, counts, rarity)
    scores.pop(but or 0, None)
    unknown = sum(1 for stem in asked if stem not in counts) * math.log(1 + total)
    # A stem nobody wrote weighs half: new words do not hide what the rest has in common.
    whole = sum(rarity.values()) + unknown / 2
    best = sorted(scores, key=lambda pk: (-scores[pk][1], -pk))[:MAX_CANDIDATES]
    best = [pk for pk in best if scores[pk][0] / whole >= MIN_SHARE]
    found = Need.objects.visible_to(viewer).open().select_related("organisation__college").in_bulk(best)
    kept = [found[pk] for pk in best if pk in found][:limit]
    return [Likeness(need, min(1.0, scores[need.pk][0] / whole)) for need in kept]


def having(needs_of_circle: int, text: str) -> list[Q]:
    """Conditions for the needs that hold every word of a search, misspelt ones included; [] for a search without
    words. Give each of them to `filter`."""
    asked = list(dict.fromkeys(stems(text)))[:MAX_ASKED_STEMS]
    counts = _counts(needs_of_circle, asked)
    meant = _meant(needs_of_circle, [stem for stem in asked if stem not in counts])
    rows = NeedStem.objects.filter(circle=needs_of_circle).order_by()
    return [Q(pk__in=rows.filter(stem=meant.get(stem, stem)).values("need")) for stem in asked]


def _known_counts(circle_id: int, asked: Sequence[str]) -> dict[str, int]:
    """How many needs hold each stem; a stem nobody wrote is replaced by the one that was meant, if any."""
    counts = _counts(circle_id, asked)
    meant = _meant(circle_id, [stem for stem in asked if stem not in counts])
    return counts | _counts(circle_id, set(meant.values()) - set(counts))


def _counts(circle_id: int, asked: Collection[str]) -> dict[str, int]:
    if not asked:
        return {}
    rows = NeedStem.objects.filter(circle=circle_id, stem__in=asked).order_by()
    return dict(rows.values_list("stem").annotate(count=Count("pk")))


def _scores(circle_id: int, counts: dict[str, int], rarity: dict[str, float]) -> dict[int, tuple[float, float]]:
    """For each need: the rarity of what it has in common, and the same weighted by where it stands."""
    chosen: list[str] = []
    read = 0
    for stem in sorted(counts, key=lambda each: (counts[each], each)):
        if chosen and read + counts[stem] > MAX_ROWS:
            break
        chosen.append(stem)
        read += counts[stem]
    rows = NeedStem.objects.filter(circle=circle_id, stem__in=chosen).order_by("-need")
    common: defaultdict[int, float] = defaultdict(float)
    weighted: defaultdict[int, float] = defaultdict(float)
    for need, stem, weight in rows.values_list("need", "stem", "weight")[:MAX_ROWS]:
        common[need] += rarity[stem]
        weighted[need] += rarity[stem] * weight
    return {need: (common[need], weighted[need]) for need in common}


def _meant(circle_id: int, unknown: Iterable[str]) -> dict[str, str]:
    """For stems nobody wrote, the closest that somebody did, with the same first letter: {"comun": "commun"}."""
    asked = [stem for stem in unknown if len(stem) > 3 and stem[0].isalpha()][:MAX_MISSPELT]
    if not asked:
        return {}
    by_initial: defaultdict[str, list[str]] = defaultdict(list)
    for word in NeedWord.objects.filter(circle=circle_id).order_by().values_list("stem", flat=True):
        by_initial[word[0]].append(word)
    found = {
        stem: process.extractOne(stem, by_initial[stem[0]], scorer=fuzz.ratio, score_cutoff=MIN_LIKENESS)
        for stem in asked
    }
    return {stem: best[0] for stem, best in found.items() if best is not None}
