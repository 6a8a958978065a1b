"""What pages of forms share."""

import pytest
from django import forms

from concerte.common.errors import DomainError
from concerte.common.form_pages import refusals_in, status_of


class WordsForm(forms.Form):
    words = forms.CharField()


def sent(**data):
    return WordsForm(data)


def refused(form, field=None):
    with refusals_in(form, field):
        raise DomainError("Le vote est terminé.", code="not-open")
    return form


def test_a_refusal_is_said_at_the_top_of_the_form():
    assert refused(sent(words="Oui")).non_field_errors() == ["Le vote est terminé."]


def test_a_refusal_is_said_at_the_field_that_is_named():
    assert refused(sent(words="Oui"), "words").errors == {"words": ["Le vote est terminé."]}


def test_what_is_no_refusal_goes_through():
    with pytest.raises(KeyError), refusals_in(sent(words="Oui")):
        raise KeyError


@pytest.mark.parametrize(
    ("forms_shown", "status"),
    [
        ([], 200),
        ([None], 200),
        ([WordsForm()], 200),
        ([sent(words="Oui")], 200),
        ([sent()], 400),
        ([None, WordsForm(), sent()], 400),
        ([refused(sent(words="Oui"))], 409),
        ([refused(sent(words="Oui"), "words")], 409),
        ([sent(), refused(sent(words="Oui"))], 409),
    ],
)
def test_the_status_says_what_came_of_the_forms(forms_shown, status):
    assert status_of(*forms_shown) == status
