"""A computation in words: a sentence for each college, one for the whole. All of it can be found in the data."""

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from concerte.governance.counting import CollegeCount, Count
from concerte.governance.counting_rules import Abstentions, CollegeRule, Majority, Method, Rule


def college_sentence(counted: CollegeCount, rule: Rule, name: str) -> str:
    """How one college counts, and what it gives. name: what the college is called."""
    if not counted.voters:
        return _("%(college)s : personne n’y a voix délibérative ; non adopté.") % {"college": name}
    if rule.method == Method.MAJORITY:
        parts = _majority_parts(counted, rule.of_college(counted.college))
    else:
        parts = _consent_parts(counted) if rule.method == Method.CONSENT else _approval_parts(counted)
    if counted.ended:
        sentence = ngettext(
            "%(count)d siège a pris fin depuis l’ouverture et n’est pas compté",
            "%(count)d sièges ont pris fin depuis l’ouverture et ne sont pas comptés",
            counted.ended,
        )
        parts.append(sentence % {"count": counted.ended})
    return _("%(college)s : %(computation)s ; %(conclusion)s.") % {
        "college": name,
        "computation": " ; ".join(parts),
        "conclusion": _("adopté") if counted.is_adopted else _("non adopté"),
    }


def whole_sentence(count: Count, names: Mapping[str, str]) -> str:
    """What the colleges together decide."""
    against = [names.get(each.college, each.college) for each in count.colleges if not each.is_adopted]
    if not against:
        return _("Adopté : chaque collège adopte.") if len(count.colleges) > 1 else _("Adopté.")
    if len(against) == len(count.colleges):
        return _("Non adopté : aucun collège n’adopte.") if len(against) > 1 else _("Non adopté.")
    return _("Non adopté : il faut l’accord de chaque collège, et il manque celui de : %(colleges)s.") % {
        "colleges": ", ".join(against)
    }


def missing_sentences(count: Count, names: Mapping[str, str]) -> tuple[str, ...]:
    """What each college that does not adopt still needs, or lacked."""
    return tuple(
        college_sentence(each, count.rule, names.get(each.college, each.college))
        for each in count.colleges
        if not each.is_adopted
    )


def rule_sentence(rule: Rule) -> str:
    """What the method is, whatever the college."""
    if rule.method == Method.CONSENT:
        return _(
            "Consentement : adopté, sauf si une objection motivée d’un collège reste sans réponse ou est maintenue."
        )
    if rule.method == Method.APPROVALS:
        return _("Approbations : tant d’organisations de chaque collège doivent approuver.")
    if len(rule.colleges) > 1:
        return _("Double majorité : adopté seulement si chaque collège adopte, chacun par sa majorité.")
    return _("Majorité d’un seul collège.")


def college_rule_sentence(rule: Rule, asked: CollegeRule) -> str:
    """What is asked of one college."""
    if rule.method == Method.APPROVALS:
        sentence = ngettext(
            "%(count)d organisation doit approuver",
            "%(count)d organisations doivent approuver",
            asked.minimum_approvals,
        ) % {"count": asked.minimum_approvals}
        suspends = _("une objection suspend") if asked.is_blocked_by_objection else _("une objection ne suspend pas")
        return f"{sentence} ; {suspends}."
    parts = []
    if asked.quorum.share:
        parts.append(_("quorum : %(share)s des organisations") % {"share": asked.quorum.share})
    if asked.quorum.organisations:
        parts.append(
            ngettext("quorum : %(count)d organisation", "quorum : %(count)d organisations", asked.quorum.organisations)
            % {"count": asked.quorum.organisations}
        )
    if not parts:
        parts.append(_("pas de quorum"))
    if rule.method == Method.MAJORITY:
        parts += [majority_label(asked.majority), abstentions_label(asked.abstentions)]
    return " ; ".join(parts) + "."


def majority_label(majority: Majority) -> str:
    return {
        Majority.SIMPLE: _("majorité simple (plus de la moitié des votes exprimés)"),
        Majority.ABSOLUTE: _("majorité absolue (plus de la moitié de toutes les voix du collège)"),
        Majority.TWO_THIRDS: _("majorité des deux tiers des votes exprimés"),
    }[majority]


def abstentions_label(abstentions: Abstentions) -> str:
    return {
        Abstentions.IGNORED: _("les abstentions ne comptent pas"),
        Abstentions.QUORUM: _("les abstentions comptent dans le quorum seulement"),
        Abstentions.CAST: _("les abstentions comptent parmi les votes exprimés"),
    }[abstentions]


def _votes(weight: int) -> str:
    return ngettext("%(count)d voix", "%(count)d voix", weight) % {"count": weight}


def _presence(counted: CollegeCount) -> str:
    sentence = ngettext(
        "%(present)d organisation présente ou représentée sur %(voters)d",
        "%(present)d organisations présentes ou représentées sur %(voters)d",
        counted.present,
    ) % {"present": counted.present, "voters": counted.voters}
    if not counted.quorum_needed:
        return sentence
    reached = _("atteint") if counted.is_quorate else _("non atteint")
    share = _(", soit %(share)s") % {"share": counted.quorum_share} if counted.quorum_share else ""
    return _("%(presence)s (quorum %(reached)s : il en fallait %(needed)d%(share)s)") % {
        "presence": sentence,
        "reached": reached,
        "needed": counted.quorum_needed,
        "share": share,
    }


def _majority_parts(counted: CollegeCount, asked: CollegeRule | None) -> list[str]:
    is_absolute = asked is not None and asked.majority == Majority.ABSOLUTE
    said = _("%(yes)s pour, %(no)s contre, %(abstained)s en abstention, %(absent)s sans vote") % {
        "yes": _votes(counted.votes_for.weight),
        "no": counted.votes_against.weight,
        "abstained": counted.abstentions.weight,
        "absent": counted.absent.weight,
    }
    if is_absolute:
        base = _("%(base)d du collège") % {"base": counted.base}
    else:
        base = ngettext("%(base)d exprimée", "%(base)d exprimées", counted.base) % {"base": counted.base}
    values = {"needed": _votes(counted.needed), "base": base, "threshold": counted.threshold}
    if counted.is_strict:
        asked_for = _("il fallait %(needed)s sur %(base)s, plus de %(threshold)s") % values
    else:
        asked_for = _("il fallait %(needed)s sur %(base)s, %(threshold)s au moins") % values
    parts = [_presence(counted), said, asked_for]
    if "tie" in counted.reasons:
        parts.append(_("partage égal des voix"))
    return parts


def _consent_parts(counted: CollegeCount) -> list[str]:
    parts = [_presence(counted)] if counted.quorum_needed else []
    sentence = ngettext(
        "%(count)d organisation consent expressément",
        "%(count)d organisations consentent expressément",
        counted.votes_for.organisations,
    )
    parts.append(sentence % {"count": counted.votes_for.organisations})
    if "objection-open" in counted.reasons:
        parts.append(_("une objection reste sans réponse"))
    if "objection-maintained" in counted.reasons:
        parts.append(_("une objection est maintenue"))
    if not any(reason.startswith("objection") for reason in counted.reasons):
        parts.append(_("aucune objection ne reste"))
    return parts


def _approval_parts(counted: CollegeCount) -> list[str]:
    values = {"count": counted.votes_for.organisations, "needed": counted.needed}
    sentence = ngettext(
        "%(count)d organisation approuve, il en faut %(needed)d",
        "%(count)d organisations approuvent, il en faut %(needed)d",
        counted.votes_for.organisations,
    )
    parts = [sentence % values]
    if counted.votes_against.organisations:
        opposed = ngettext(
            "%(count)d organisation s’oppose", "%(count)d organisations s’opposent", counted.votes_against.organisations
        ) % {"count": counted.votes_against.organisations}
        parts.append(
            _("%(opposed)s, ce qui suspend") % {"opposed": opposed} if "objection" in counted.reasons else opposed
        )
    return parts
