"""What the organisations say of a proposal."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from concerte.accounts.models import User
from concerte.journal import services as journal
from concerte.partners.models import Organisation
from concerte.programme.errors import PositionRefused
from concerte.programme.models import Position, Proposal
from concerte.programme.rules import standing
from concerte.programme.services.locks import locked_programme


@transaction.atomic
def take_position(
    proposal: Proposal, *, organisation: Organisation, kind: str, reasons: str = "", digest: str, acting_user: User
) -> Position:
    """Approve or object in the name of an organisation; the position it had is kept, replaced.

    kind: Position.Kind. digest: of the very text the person read. Raises PositionRefused ("decided-by-a-body",
    "not-a-representative", "two-colleges", "other-digest", "not-open", "unknown-kind", "no-reason"); nothing is then
    written."""
    programme = locked_programme(proposal.programme)
    proposal = programme.proposals.select_related("decision").get(pk=proposal.pk)
    if proposal.decision is not None and proposal.decision.body_id is not None:
        raise PositionRefused(_("Une instance décide de ce texte : on y vote par mandat."), code="decided-by-a-body")
    organisation = _represented(proposal, organisation, acting_user)
    if digest != proposal.digest:
        raise PositionRefused(
            _("Le texte que vous avez lu n’est pas celui de cette proposition : relisez-la avant de vous prononcer."),
            code="other-digest",
        )
    if not proposal.is_open:
        raise PositionRefused(
            _("Cette proposition n’est plus soumise aux collèges : elle est %(state)s.")
            % {"state": proposal.get_state_display()},
            code="not-open",
        )
    if kind not in Position.Kind.values:
        raise PositionRefused(_("Choisissez d’approuver ou de vous opposer."), code="unknown-kind")
    if kind == Position.Kind.OBJECTION and not reasons.strip():
        raise PositionRefused(_("Une objection dit ses motifs."), code="no-reason")
    now = timezone.now()
    proposal.positions.filter(organisation=organisation, replaced_at=None).update(replaced_at=now)
    position = proposal.positions.create(
        organisation=organisation,
        college=organisation.college,
        person=acting_user,
        kind=kind,
        reasons=reasons.strip(),
        digest=digest,
    )
    journal.record(
        "programme.position_taken",
        actor=acting_user,
        subject=position,
        organisation=organisation.slug,
        details={"programme": programme.slug, "proposal": proposal.number, "kind": kind, "digest": digest},
    )
    return position


def _represented(proposal: Proposal, organisation: Organisation, person: User) -> Organisation:
    """The organisation as the person's membership gives it: one they represent today, that takes part and exists.

    Nobody speaks on both sides: otherwise one person, with a role in each college, would make the decision of both."""
    held = standing(person, proposal.programme)
    found = next((represented for represented in held.represented if represented.pk == organisation.pk), None)
    if found is None:
        raise PositionRefused(
            _("Vous ne représentez pas aujourd’hui cette organisation dans ce programme."), code="not-a-representative"
        )
    if len({membership.organisation.college_id for membership in held.memberships}) > 1:
        raise PositionRefused(
            _("Vous avez un rôle dans deux collèges de ce programme : personne ne se prononce des deux côtés."),
            code="two-colleges",
        )
    return found
