"""Django's own form rendering, in the pattern of the design system."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any

from django.forms.renderers import TemplatesSetting
from django.utils.safestring import SafeString, mark_safe

Widget = dict[str, Any]


def _escaped(text: Any) -> str:
    """As Django's `conditional_escape`, without asking each of two hundred names whether it comes later."""
    safe = getattr(text, "__html__", None)
    return str(safe()) if safe is not None else escape(str(text))


class DesignSystemRenderer(TemplatesSetting):
    """FORM_RENDERER: `{{ field.as_field_group }}` and `{{ form }}` come out as dkfds form groups.

    The controls that stand on nearly every page are drawn without templates: Django's own include two more for each
    choice, which for a list of two hundred forums takes longer than the rest of the page.
    """

    form_template_name = "ui/components/form.html"
    field_template_name = "ui/components/field.html"

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> str:
        drawn = DRAWN.get(template_name)
        if drawn is None or context["widget"].get("wrap_label"):
            return super().render(template_name, context, request)
        return drawn(context["widget"])


def _attributes(given: dict[str, Any]) -> str:
    parts = [
        f" {name}" if value is True else f' {name}="{_escaped(str(value))}"'
        for name, value in given.items()
        if value is not False
    ]
    return "".join(parts)


def draw_input(widget: Widget) -> SafeString:
    """Draw what Django's `input.html` does."""
    value = "" if widget["value"] is None else f' value="{_escaped(str(widget["value"]))}"'
    start = f'<input type="{widget["type"]}" name="{_escaped(widget["name"])}"'
    return mark_safe(f"{start}{value}{_attributes(widget['attrs'])}>")  # noqa: S308 - escaped piece by piece


def draw_select(widget: Widget) -> SafeString:
    """Draw what Django's `select.html` does."""
    groups = []
    for name, choices, _index in widget["optgroups"]:
        options = "".join(
            f'<option value="{_escaped(str(each["value"]))}"{_attributes(each["attrs"])}>'
            f"{_escaped(each['label'])}</option>\n"
            for each in choices
        )
        groups.append(f'<optgroup label="{_escaped(name)}">{options}</optgroup>' if name else options)
    start = f'<select name="{_escaped(widget["name"])}"{_attributes(widget["attrs"])}>'
    return mark_safe(f"{start}{''.join(groups)}</select>")  # noqa: S308 - escaped piece by piece


def draw_textarea(widget: Widget) -> SafeString:
    """Draw what Django's `textarea.html` does."""
    start = f'<textarea name="{_escaped(widget["name"])}"{_attributes(widget["attrs"])}>\n'
    return mark_safe(f"{start}{_escaped(widget['value'] or '')}</textarea>")  # noqa: S308 - escaped piece by piece


_FOLDER = "django/forms/widgets"
DRAWN: dict[str, Callable[[Widget], SafeString]] = {
    f"{_FOLDER}/select.html": draw_select,
    **{f"{_FOLDER}/{name}.html": draw_input for name in ("text", "input", "number", "email", "date", "time")},
    **{f"{_FOLDER}/{name}.html": draw_input for name in ("checkbox", "radio_option", "checkbox_option")},
    f"{_FOLDER}/textarea.html": draw_textarea,
}
