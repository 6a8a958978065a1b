"""Who was there, organisation by organisation, and the proxies they gave."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from concerte.accounts.models import User
from concerte.governance.errors import MeetingRefused
from concerte.governance.models import Attendance, Mandate, Meeting, Seat
from concerte.governance.rules import keeps_secretariat, may_speak_for_seat
from concerte.governance.services.meetings import check_secretariat, locked, record

State = Attendance.State
Status = Meeting.Status


@transaction.atomic
def record_attendance(
    meeting: Meeting,
    seat: Seat,
    *,
    state: str,
    person: User | None = None,
    proxy_to: Seat | None = None,
    acting_user: User | None,
) -> Attendance:
    """Note how an organisation is at a meeting; noting it again replaces what was said, which stays in the journal.

    state: of Attendance.State. person: through whom it is present, one of those who hold its seat that day. proxy_to:
    the seat that votes for it. The secretariat notes everything, from the convening to the submission of the minutes;
    an organisation excuses itself or gives its proxy until the meeting opens.
    Raises MeetingRefused ("not-open-to-presence", "not-allowed", "not-yours", "not-seated", "no-person",
    "not-holder", "no-proxy", "proxy-to-itself", "proxy-not-voting", "proxy-college", "proxy-chain",
    "too-many-proxies"); nothing is then written."""
    meeting = locked(meeting)
    seat = Seat.objects.select_related("organisation", "college", "body").get(pk=seat.pk)
    _check_may(meeting, seat, state, acting_user)
    if seat.body_id != meeting.body_id or not seat.is_held_on(meeting.day):
        raise MeetingRefused(_("Cette organisation ne siège pas ce jour-là."), code="not-seated")
    if state == State.PRESENT:
        _check_present(meeting, seat, person)
    if state == State.PROXY:
        _check_proxy(meeting, seat, proxy_to)
    before = meeting.attendances.filter(seat=seat).first()
    attendance, _made = Attendance.objects.update_or_create(
        meeting=meeting,
        seat=seat,
        defaults={
            "state": state,
            # Who left has not come back because another name is noted.
            "left_at": before.left_at if before is not None and state == State.PRESENT else None,
            "person": person if state == State.PRESENT else None,
            "proxy_to": proxy_to if state == State.PROXY else None,
        },
    )
    details = {"seat": seat.pk, "organisation": seat.organisation.slug, "state": str(state)}
    if state == State.PROXY and proxy_to is not None:
        details["proxy_to"] = proxy_to.organisation.slug
    record("governance.attendance_recorded", meeting, acting_user, details)
    return attendance


@transaction.atomic
def record_leaving(
    meeting: Meeting, seat: Seat, *, left_at: datetime | None = None, acting_user: User | None
) -> Attendance:
    """Note that an organisation which was there has left, now or earlier in the meeting; said again, it puts the hour
    right. From then on neither it nor the proxy it holds makes up the quorum.

    Raises MeetingRefused ("not-allowed", "not-open", "not-present", "bad-hour"); nothing is then written."""
    meeting, attendance = _in_session(meeting, seat, acting_user)
    if attendance.state != State.PRESENT:
        raise MeetingRefused(_("Seule une organisation présente peut partir."), code="not-present")
    now = timezone.now()
    moment = left_at or now
    # Hours are typed to the minute: somebody may leave in the very minute of the opening.
    first = (meeting.opened_at or now).replace(second=0, microsecond=0)
    if not first <= moment <= now:
        raise MeetingRefused(_("Une organisation part entre l’ouverture de la réunion et maintenant."), code="bad-hour")
    attendance.left_at = moment
    attendance.save(update_fields=["left_at", "recorded_at"])
    details = {"organisation": seat.organisation.slug, "left_at": moment.isoformat()}
    record("governance.attendance_left", meeting, acting_user, details)
    return attendance


@transaction.atomic
def record_return(meeting: Meeting, seat: Seat, *, acting_user: User | None) -> Attendance:
    """Note that an organisation which had left is back; that it had left stays in the journal.

    Raises MeetingRefused ("not-allowed", "not-open", "not-present", "not-gone"); nothing is then written."""
    meeting, attendance = _in_session(meeting, seat, acting_user)
    if attendance.left_at is None:
        raise MeetingRefused(_("Cette organisation n’est pas partie."), code="not-gone")
    details = {"organisation": seat.organisation.slug, "left_at": attendance.left_at.isoformat()}
    attendance.left_at = None
    attendance.save(update_fields=["left_at", "recorded_at"])
    record("governance.attendance_back", meeting, acting_user, details)
    return attendance


def _in_session(meeting: Meeting, seat: Seat, acting_user: User | None) -> tuple[Meeting, Attendance]:
    """A meeting that is going on, and what was noted there of an organisation."""
    meeting = locked(meeting)
    check_secretariat(acting_user, meeting.body)
    if meeting.status != Status.OPEN:
        raise MeetingRefused(_("Les départs se notent pendant la réunion."), code="not-open")
    attendance = meeting.attendances.filter(seat=seat).first()
    if attendance is None:
        raise MeetingRefused(_("Seule une organisation présente peut partir."), code="not-present")
    return meeting, attendance


def _check_may(meeting: Meeting, seat: Seat, state: str, acting_user: User | None) -> None:
    noted = meeting.status in (Status.CONVENED, Status.OPEN) or meeting.minutes_state == Meeting.Minutes.WRITING
    if not noted or state not in State.values:
        raise MeetingRefused(
            _("Les présences se notent de la convocation à la soumission du relevé."), code="not-open-to-presence"
        )
    if acting_user is None or keeps_secretariat(acting_user, meeting.body):
        return
    if not may_speak_for_seat(acting_user, seat):
        raise MeetingRefused(
            _("Seuls le secrétariat et l’organisation elle-même notent sa présence."), code="not-allowed"
        )
    if meeting.status != Status.CONVENED or state not in (State.EXCUSED, State.PROXY):
        raise MeetingRefused(
            _("Vous pouvez excuser votre organisation ou donner son pouvoir, jusqu’à l’ouverture de la réunion."),
            code="not-yours",
        )


def _check_present(meeting: Meeting, seat: Seat, person: User | None) -> None:
    if person is None:
        raise MeetingRefused(_("Indiquez par qui l’organisation est présente."), code="no-person")
    if not Mandate.objects.held_on(meeting.day).filter(seat=seat, person=person).exists():
        raise MeetingRefused(_("Cette personne n’occupe pas ce siège ce jour-là."), code="not-holder")


def _check_proxy(meeting: Meeting, seat: Seat, proxy_to: Seat | None) -> None:
    if proxy_to is None:
        raise MeetingRefused(_("Indiquez à quelle organisation le pouvoir est donné."), code="no-proxy")
    if proxy_to.pk == seat.pk:
        raise MeetingRefused(_("Le pouvoir se donne à une autre organisation."), code="proxy-to-itself")
    if proxy_to.body_id != meeting.body_id or not proxy_to.is_held_on(meeting.day):
        raise MeetingRefused(_("Cette organisation ne siège pas ce jour-là."), code="not-seated")
    if not seat.is_voting or not proxy_to.is_voting:
        raise MeetingRefused(
            _("Un pouvoir va d’une organisation qui vote à une autre qui vote."), code="proxy-not-voting"
        )
    if proxy_to.college_id != seat.college_id:
        raise MeetingRefused(_("Un pouvoir reste dans le même collège."), code="proxy-college")
    proxies = meeting.attendances.filter(state=State.PROXY)
    if proxies.filter(seat=proxy_to).exists() or proxies.filter(proxy_to=seat).exists():
        raise MeetingRefused(
            _("Une organisation qui a donné son pouvoir n’en reçoit pas, et inversement."), code="proxy-chain"
        )
    if proxies.filter(proxy_to=proxy_to).exclude(seat=seat).count() >= meeting.max_proxies:
        raise MeetingRefused(_("Cette organisation a déjà autant de pouvoirs que permis."), code="too-many-proxies")
