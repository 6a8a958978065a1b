"""What happens to memberships when something happens to an account."""

from django.utils.translation import gettext as _

from concerte.accounts.models import User
from concerte.partners import changes
from concerte.partners.memberships import end_everything_held_by, keep_administration_true


def end_memberships_of_the_erased(person: User, acting_user: User | None) -> None:
    """Someone whose data is erased speaks for nobody any more; what they did in the name of others stays."""
    end_everything_held_by(person, reason=_("Données personnelles effacées."), acting_user=acting_user)


def follow_activity(person: User) -> None:
    """Closing an account takes away what its memberships gave; opening it again gives it back."""
    keep_administration_true(person)
    changes.announce(person.pk)
