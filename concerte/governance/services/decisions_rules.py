"""The named rules of a body."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from concerte.accounts.models import User
from concerte.governance.counting_rules import Rule
from concerte.governance.errors import RuleRefused
from concerte.governance.models import Body, NamedRule
from concerte.governance.rules import keeps_secretariat
from concerte.journal import services as journal


@transaction.atomic
def name_rule(body: Body, *, name: str, rule: Rule, acting_user: User | None) -> NamedRule:
    """Give a name to a way of deciding of this body. One that changes gets another row; decisions keep their copy.

    acting_user: the secretariat, or nobody (the operator). Raises RuleRefused ("not-secretariat", "no-name",
    "name-taken"); nothing is then written."""
    body = Body.objects.select_for_update(of=("self",), no_key=True).get(pk=body.pk)
    _check_may(body, acting_user)
    if not name.strip():
        raise RuleRefused(_("Une règle a un nom."), code="no-name")
    if NamedRule.objects.filter(body=body, name=name.strip(), withdrawn_at=None).exists():
        raise RuleRefused(_("Une règle de cette instance porte déjà ce nom."), code="name-taken")
    named = NamedRule.objects.create(body=body, name=name.strip(), rule=rule.as_data())
    journal.record("governance.rule_named", actor=acting_user, subject=named, details={"body": body.slug})
    return named


@transaction.atomic
def withdraw_rule(named: NamedRule, *, because: str, acting_user: User | None) -> NamedRule:
    """Have a rule no longer proposed for new decisions.

    Raises RuleRefused ("not-secretariat", "already-withdrawn", "no-reason"); nothing is then written."""
    named = NamedRule.objects.select_for_update(of=("self",)).select_related("body").get(pk=named.pk)
    _check_may(named.body, acting_user)
    if named.withdrawn_at is not None:
        raise RuleRefused(_("Cette règle est déjà retirée."), code="already-withdrawn")
    if not because.strip():
        raise RuleRefused(_("Dites pourquoi cette règle est retirée."), code="no-reason")
    named.withdrawn_at = timezone.now()
    named.withdrawn_because = because.strip()
    named.save(update_fields=["withdrawn_at", "withdrawn_because"])
    journal.record("governance.rule_withdrawn", actor=acting_user, subject=named)
    return named


def _check_may(body: Body, person: User | None) -> None:
    if person is not None and not keeps_secretariat(person, body):
        raise RuleRefused(_("Seul le secrétariat de l’instance fixe ses règles."), code="not-secretariat")
