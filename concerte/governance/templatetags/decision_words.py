"""A rule of decision, in words."""

from collections.abc import Mapping

from django import template

from concerte.governance.counting_rules import Rule
from concerte.governance.counting_words import college_rule_sentence, rule_sentence
from concerte.partners.models import College

register = template.Library()


@register.filter
def in_words(rule: Rule) -> str:
    """What the method is, whatever the college."""
    return rule_sentence(rule)


@register.filter
def by_college(rule: Rule, colleges: Mapping[str, College]) -> list[tuple[College, str]]:
    """What is asked of each college that is known here. colleges: by slug."""
    return [
        (colleges[each.college], college_rule_sentence(rule, each))
        for each in rule.colleges
        if each.college in colleges
    ]
