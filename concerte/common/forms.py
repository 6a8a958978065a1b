"""How forms look: label, hint, field, error, tied together for assistive technology."""

from django.forms.renderers import TemplatesSetting


class FormRenderer(TemplatesSetting):
    """Forms drawn with our templates; `{{ form }}` stays the whole call."""

    form_template_name = "common/forms/form.html"
    field_template_name = "common/forms/field.html"
