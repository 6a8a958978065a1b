"""Both sides confirm an exchange; it is then fixed, and shown to others only as both want."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from concerte.accounts.models import User
from concerte.common.canonical import canonical_json, digest_of
from concerte.concertation.errors import ExchangeRefused
from concerte.concertation.exchanges_content import current_content
from concerte.concertation.models.exchanges import Exchange, ExchangeConfirmation, Visibility, VisibilityRequest
from concerte.concertation.rules.exchanges import AtTheTable, at_the_table
from concerte.concertation.services.exchanges_accesses import keep_exchange_accesses_true, locked_exchange
from concerte.journal import services as journal
from concerte.partners.models import Organisation


@transaction.atomic
def confirm_exchange(
    exchange: Exchange, *, organisation: Organisation, digest: str, acting_user: User
) -> ExchangeConfirmation:
    """Confirm the record for the side of an organisation present. When the other side confirmed the same content, the
    exchange is fixed: its content is frozen and the notes can only be read.

    digest: of the content the person was shown. Raises ExchangeRefused ("not-allowed", "fixed", "to-come",
    "other-content", "already-confirmed"); nothing is then written."""
    exchange = locked_exchange(exchange)
    table = _speaking(exchange, organisation, acting_user)
    if exchange.is_fixed:
        raise ExchangeRefused(_("Les deux parties ont déjà confirmé cet échange."), code="fixed")
    if exchange.held_by_day > timezone.localdate():
        raise ExchangeRefused(_("Cet échange n’a pas encore eu lieu."), code="to-come")
    content = current_content(exchange)
    if digest != digest_of(content):
        raise ExchangeRefused(
            _("L’échange ou ses notes ont changé depuis que vous les avez lus : relisez avant de confirmer."),
            code="other-content",
        )
    side = table.side_of(organisation)
    standing = {each.college_id: each for each in exchange.confirmations.filter(cancelled_at=None)}
    if side in standing and standing[side].digest == digest:
        raise ExchangeRefused(_("Votre partie a déjà confirmé ce texte."), code="already-confirmed")
    # Those of another content: the notes were written on since, without passing through a service.
    stale = [each.pk for each in standing.values() if each.digest != digest]
    exchange.confirmations.filter(pk__in=stale).update(cancelled_at=timezone.now(), cancelled_by=acting_user)
    confirmation = exchange.confirmations.create(
        college_id=side, organisation=organisation, person=acting_user, digest=digest
    )
    journal.record(
        "concertation.exchange_confirmed",
        actor=acting_user,
        subject=exchange,
        organisation=organisation.slug,
        details={"digest": digest},
    )
    confirmed = {college for college, each in standing.items() if each.digest == digest} | {side}
    if confirmed == set(table.colleges.values()):
        _fix(exchange, canonical_json(content).decode(), digest, acting_user)
    return confirmation


def _fix(exchange: Exchange, content: str, digest: str, acting_user: User | None) -> None:
    exchange.fixed_at = timezone.now()
    exchange.fixed_content = content
    exchange.fixed_digest = digest
    exchange.save(update_fields=["fixed_at", "fixed_content", "fixed_digest"])
    journal.record("concertation.exchange_fixed", actor=acting_user, subject=exchange, details={"digest": digest})
    keep_exchange_accesses_true(exchange, acting_user=acting_user)


@transaction.atomic
def ask_visibility(
    exchange: Exchange, *, visibility: str, organisation: Organisation, acting_user: User
) -> VisibilityRequest:
    """Ask, for one side, that a fixed exchange be read by others than now; the other side answers.

    Raises ExchangeRefused ("not-allowed", "not-fixed", "already-so", "already-asked"); nothing is then written."""
    exchange = locked_exchange(exchange)
    table = _speaking(exchange, organisation, acting_user)
    if not exchange.is_fixed:
        raise ExchangeRefused(
            _("Tant que l’échange n’est pas confirmé, corrigez-le : sa visibilité en fait partie."), code="not-fixed"
        )
    if visibility not in Visibility.values or visibility == exchange.visibility:
        raise ExchangeRefused(_("C’est déjà la visibilité de cet échange."), code="already-so")
    if exchange.visibility_requests.filter(answered_at=None).exists():
        raise ExchangeRefused(_("Une demande attend déjà une réponse."), code="already-asked")
    asked = exchange.visibility_requests.create(
        visibility=visibility,
        college_id=table.side_of(organisation),
        organisation=organisation,
        asked_by=acting_user,
    )
    journal.record(
        "concertation.visibility_asked",
        actor=acting_user,
        subject=exchange,
        organisation=organisation.slug,
        details={"visibility": visibility},
    )
    return asked


@transaction.atomic
def answer_visibility(
    asked: VisibilityRequest, *, organisation: Organisation, is_accepted: bool, answer: str = "", acting_user: User
) -> Exchange:
    """Accept or refuse, for the other side, that an exchange be read by others. The side that asked may only take its
    request back. Raises ExchangeRefused ("not-allowed", "answered", "own-request", "no-answer"); nothing is written."""
    exchange = locked_exchange(asked.exchange)
    asked = exchange.visibility_requests.get(pk=asked.pk)
    table = _speaking(exchange, organisation, acting_user)
    if asked.answered_at is not None:
        raise ExchangeRefused(_("Cette demande a déjà sa réponse."), code="answered")
    if is_accepted and table.side_of(organisation) == asked.college_id:
        raise ExchangeRefused(_("C’est à l’autre partie d’accepter."), code="own-request")
    if not is_accepted and not answer.strip():
        raise ExchangeRefused(_("Dites pourquoi."), code="no-answer")
    asked.answered_at = timezone.now()
    asked.answered_by = acting_user
    asked.is_accepted = is_accepted
    asked.answer = answer.strip()
    asked.save(update_fields=["answered_at", "answered_by", "is_accepted", "answer"])
    if is_accepted:
        exchange.visibility = asked.visibility
        exchange.save(update_fields=["visibility"])
    journal.record(
        "concertation.visibility_answered",
        actor=acting_user,
        subject=exchange,
        organisation=organisation.slug,
        details={"visibility": asked.visibility, "is_accepted": is_accepted},
    )
    return exchange


def _speaking(exchange: Exchange, organisation: Organisation, acting_user: User) -> AtTheTable:
    table = at_the_table(acting_user, exchange)
    if organisation not in table.writing_for:
        raise ExchangeRefused(_("Vous n’écrivez pour aucune organisation présente à cet échange."), code="not-allowed")
    return table
