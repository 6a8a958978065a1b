"""How forms look: label, hint, field, error, tied together for assistive technology."""

from typing import Any

from django.forms import BoundField, CheckboxInput, RadioSelect, Select, Textarea, Widget
from django.forms.renderers import TemplatesSetting

# The class a State deployer's stylesheet expects on each kind of control; ours needs none.
_CLASS_OF_WIDGET: tuple[tuple[type[Widget], str], ...] = (
    (RadioSelect, ""),
    (CheckboxInput, ""),
    (Select, "fr-select"),
    (Textarea, "fr-input"),
)


class StyledField(BoundField):
    """A field whose control carries the class of its kind."""

    def build_widget_attrs(self, attrs: dict[str, Any], widget: Widget | None = None) -> dict[str, Any]:
        built: dict[str, Any] = super().build_widget_attrs(attrs, widget)
        drawn = widget or self.field.widget
        name = next((name for kind, name in _CLASS_OF_WIDGET if isinstance(drawn, kind)), "fr-input")
        if name and not drawn.is_hidden and not drawn.attrs.get("class"):
            built.setdefault("class", name)
        return built


class FormRenderer(TemplatesSetting):
    """Forms drawn with our templates; `{{ form }}` stays the whole call."""

    form_template_name = "common/forms/form.html"
    field_template_name = "common/forms/field.html"
    bound_field_class = StyledField
