"""A form says what is asked, what went wrong and where, to every reader."""

import pytest
from django import forms
from django.utils.datastructures import MultiValueDict


class ExampleForm(forms.Form):
    name = forms.CharField(label="Nom", help_text="Comme sur la carte.")
    note = forms.CharField(label="Note", required=False, widget=forms.Textarea)
    agrees = forms.BooleanField(label="J’accepte")
    colour = forms.ChoiceField(label="Couleur", choices=[("a", "Ambre"), ("b", "Bleu")], widget=forms.RadioSelect)

    def clean(self) -> dict[str, object]:
        self.add_error(None, "Le tout ne va pas.")
        return self.cleaned_data


@pytest.fixture
def refused() -> str:
    form = ExampleForm(MultiValueDict())
    form.is_valid()
    return str(form)


def test_a_label_a_hint_and_a_control_are_tied_together():
    drawn = str(ExampleForm())

    assert 'for="id_name"' in drawn
    assert 'aria-describedby="id_name_helptext"' in drawn
    assert 'id="id_name_helptext">Comme sur la carte.' in drawn


def test_what_may_be_left_out_says_so():
    drawn = str(ExampleForm())

    assert drawn.count("(facultatif)") == 1


class FilterForm(ExampleForm):
    says_optional = False
    is_open = forms.BooleanField(label="Ouverts", required=False)


def test_neither_a_box_that_may_stay_empty_nor_a_filter_says_that_it_may_be_left_out():
    class BoxForm(forms.Form):
        is_public = forms.BooleanField(label="Public", required=False)

    assert "(facultatif)" not in str(BoxForm())
    assert "(facultatif)" not in str(FilterForm())


def test_an_error_is_tied_to_its_control(refused):
    assert 'aria-invalid="true"' in refused
    assert 'aria-describedby="id_name_helptext id_name_error"' in refused
    assert 'id="id_name_error"' in refused


def test_errors_are_gathered_above_with_links_that_lead_to_the_fields(refused):
    summary = refused.split("</ul>")[0]

    assert 'role="alert"' in summary
    assert "Le tout ne va pas." in summary
    assert 'href="#id_name"' in summary
    assert 'href="#id_agrees"' in summary
    assert 'href="#id_colour_group"' in summary
    assert 'id="id_colour_group"' in refused


def test_a_form_that_was_not_sent_has_no_summary():
    assert 'role="alert"' not in str(ExampleForm())


def test_several_choices_are_a_group_with_a_name():
    drawn = str(ExampleForm())

    assert "<fieldset" in drawn
    assert "<legend>Couleur" in drawn


def test_controls_carry_the_class_a_deployer_styles():
    drawn = str(ExampleForm())

    assert 'class="fr-input"' in drawn
    assert drawn.count('class="fr-input"') == 2  # neither on the box to tick nor on the choices


def test_a_message_from_outside_is_escaped():
    form = ExampleForm(MultiValueDict())
    form.add_error("name", "<script>alert(1)</script>")

    assert "<script>" not in str(form)
