"""The components of every page: `{% load ui %}`. Leaf components are inclusion tags, those with a body block tags."""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any

from django import forms, template
from django.conf import settings
from django.core.paginator import Page
from django.http import QueryDict
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from tovholder.ui.fixed_text import translate
from tovholder.ui.forms import dress
from tovholder.ui.icons import ICONS
from tovholder.ui.naming import MONTHS, WEEKDAYS, day_and_month, listed

register = template.Library()
register.filter("personlist", listed)
register.tag("translate", translate)

LEVELS = {
    "general": ("gen", "groups", "Generelt"),
    "anonymous": ("ano", "visibility-off", "Anonymt"),
    "named": ("nav", "lock", "Navngivet"),
}
STATUS_ICONS = {"ok": "success", "vent": "time", "stop": "error"}
STATUS_WORDS = {"ok": "I orden", "vent": "Venter", "stop": "Mangler"}
BADGES = {
    "success": "badge-success",
    "warning": "badge-warning",
    "error": "badge-error",
    "plain": "th-badge-plain",
}
ALERTS = {"success": ("success", "Succes"), "warning": ("warning", "Advarsel"), "error": ("error", "Fejl")}


@register.simple_tag
def icon(name: str, small: bool = False, label: str = "", css: str = "") -> SafeString:
    """Draw one icon of the design system. Without a `label` it is decoration and hidden from screen readers."""
    if name not in ICONS and settings.DEBUG:
        raise template.TemplateSyntaxError(
            f"Unknown icon {name!r}: add it to ui/icons.py and run scripts/icons.py"
        )
    return _drawn_icon(_sprite(settings.STATIC_URL), name, small, label, css)


@lru_cache(maxsize=8)
def _sprite(_under: str) -> str:
    return static("ui/icons.svg")  # looked up once: a page has fifty icons


# The same few icons stand on every page, and what they are made of is never a person's.
@lru_cache(maxsize=512)
def _drawn_icon(sprite: str, name: str, small: bool, label: str, css: str) -> SafeString:
    classes = " ".join(part for part in ("th-i", "th-i-s" if small else "", css) if part)
    href = f"{sprite}#{name}"
    if label:
        return format_html(
            '<svg class="{}" role="img" aria-label="{}"><use href="{}"></use></svg>',
            classes, label, href,
        )  # fmt: skip
    return format_html('<svg class="{}" aria-hidden="true"><use href="{}"></use></svg>', classes, href)


@register.simple_tag
def same_everywhere(template_name: str) -> SafeString:
    """Draw a part that is the same on every page and for everybody: once."""
    drawn = _drawn_part.__wrapped__ if settings.DEBUG else _drawn_part
    return drawn(template_name, settings.STATIC_URL)


@lru_cache(maxsize=8)
def _drawn_part(template_name: str, _under: str) -> SafeString:
    return render_to_string(template_name)


@register.simple_tag
def level(value: str) -> SafeString:
    """Show how sensitive a thing is, with colour, icon and word. Raises KeyError for an unknown level."""
    return _drawn_level(str(value), _sprite(settings.STATIC_URL))


@lru_cache(maxsize=16)
def _drawn_level(value: str, sprite: str) -> SafeString:
    css, icon_name, word = LEVELS[value]
    drawn = _drawn_icon(sprite, icon_name, True, "", "")
    return format_html('<span class="th-level th-level-{}">{}{}</span>', css, drawn, _(word))


_icon = icon  # where a parameter has the same name


@register.simple_tag
def badge(text: str, kind: str = "plain") -> SafeString:
    """Show a short state as a badge: success, warning, error or plain."""
    return format_html('<span class="badge {}">{}</span>', BADGES[kind], text)


@register.simple_tag
def status(kind: str, text: str, icon: str = "") -> SafeString:
    """Show a state with icon and word: ok, vent (waiting) or stop."""
    drawn = _icon(icon or STATUS_ICONS[kind], small=True)
    return format_html('<span class="th-st th-st-{}">{}<span>{}</span></span>', kind, drawn, text)


@register.simple_tag
def avatar(name: str, small: bool = False, missing: bool = False) -> SafeString:
    """Show the first letter of a name in a circle; the name itself must stand beside it."""
    classes = "th-ava" + (" th-ava-s" if small else "") + (" th-ava-no" if missing else "")
    return format_html(
        '<span class="{}" aria-hidden="true">{}</span>', classes, str(name).strip()[:1].upper() or "?"
    )


@register.simple_tag
def datebox(day: date | datetime, today: date | None = None) -> SafeString:
    """Show a day as a small calendar leaf; `today` makes that day stand out."""
    day = _as_date(day)
    return _drawn_date(day, day == today)


@lru_cache(maxsize=1024)
def _drawn_date(day: date, is_today: bool) -> SafeString:
    return format_html(
        '<time class="th-date{}" datetime="{}"><b>{}</b><span>{}</span></time>',
        " th-date-now" if is_today else "",
        day.isoformat(),
        day.day,
        _("i dag") if is_today else MONTHS[day.month - 1][:3],
    )


@register.inclusion_tag("ui/components/alert.html")
def alert(kind: str, text: str, heading: str = "") -> dict[str, str]:
    """Show one dkfds alert: success, warning, error or info."""
    known, word = ALERTS.get(kind, ("info", "Information"))
    return {"kind": known, "word": _(word), "text": text, "heading": heading}


@register.inclusion_tag("ui/components/error_summary.html")
def error_summary(*given: forms.BaseForm) -> dict[str, Any]:
    """List every error of the forms, each with a link to its field. Shows nothing when there is none."""
    errors: list[tuple[str, str]] = []
    for form in given:
        if not form or not form.errors:
            continue
        errors += [("", str(message)) for message in form.non_field_errors()]
        for name, messages in form.errors.items():
            if name in form.fields:
                bound = form[name]
                href = _first_control(bound)
                errors += [(href, f"{str(bound.label).rstrip(' :?')}: {message}") for message in messages]
    return {"errors": errors}


def _first_control(bound: forms.BoundField) -> str:
    """A group of radio buttons has no control with the field's own id: point at its first choice."""
    group = isinstance(bound.field.widget, forms.RadioSelect | forms.CheckboxSelectMultiple)
    return f"#{bound.auto_id}_0" if group else f"#{bound.auto_id}"


@register.simple_tag
def field(
    bound: forms.BoundField, label: str = "", hint: str | None = None, hide_label: bool = False
) -> SafeString:
    """Draw one whole field group: label, hint, error, control. `hint=""` leaves the field's own hint out."""
    if hint is not None:
        bound = copy(bound)
        bound.help_text = hint
    return render_to_string(
        "ui/components/field.html", {"field": bound, "label": label, "hide_label": hide_label}
    )


@register.inclusion_tag("ui/components/guard.html")
def guard(bound: forms.BoundField) -> dict[str, Any]:
    """Draw what was found in a guarded text, each with its choice, and the way to ask while one writes."""
    choices = getattr(bound.form, "guard_choices", {}).get(bound.name, [])
    guarded = bound.name in getattr(bound.form, "guarded", ())
    ask = guarded and isinstance(bound.field.widget, forms.Textarea)
    url = reverse(settings.PERSONAL_DATA_ADDRESS) if ask else ""
    return {"choices": choices, "ask": ask, "id": bound.id_for_label, "check_url": url}


@register.simple_tag
def control(bound: forms.BoundField) -> SafeString:
    """Draw the control of a field in the design system's class, described by its hint and its error."""
    dress(bound.field)
    attrs: dict[str, Any] = {}
    if described := described_by(bound):
        attrs["aria-describedby"] = described
    if bound.errors:
        attrs["aria-invalid"] = "true"
    if bound.field.required and not bound.form.use_required_attribute and widget_kind(bound) == "plain":
        attrs["aria-required"] = "true"
    return bound.as_widget(attrs=attrs)


@register.simple_tag
def described_by(bound: forms.BoundField) -> str:
    """Return the ids that describe a field: its hint and its error, those that are shown."""
    ids = [f"{bound.auto_id}_helptext"] if bound.help_text else []
    if bound.errors:
        ids.append(f"{bound.auto_id}_error")
    return " ".join(ids)


@register.simple_tag
def choices(bound: forms.BoundField) -> list[Any]:
    """Return the single choices of a group of radio buttons or check boxes, dressed."""
    dress(bound.field)
    return list(bound.subwidgets)


@register.filter
def widget_kind(bound: forms.BoundField) -> str:
    """Return how a field is drawn: hidden, group, checkbox or plain."""
    widget = bound.field.widget
    if widget.is_hidden:
        return "hidden"
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return "group"
    return "checkbox" if isinstance(widget, forms.CheckboxInput) else "plain"


@register.filter
def choice_kind(bound: forms.BoundField) -> str:
    """Return "radio" or "checkbox" for a group of choices."""
    return "checkbox" if isinstance(bound.field.widget, forms.CheckboxSelectMultiple) else "radio"


@register.inclusion_tag("ui/components/breadcrumbs.html")
def breadcrumbs(crumbs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Show the way here: (label, url) pairs; one without url is the page itself."""
    return {"crumbs": list(crumbs)}


@register.inclusion_tag("ui/components/pagination.html", takes_context=True)
def pagination(context: template.Context, page_obj: Page[Any], param: str = "side") -> dict[str, Any]:
    """Show links to the pages of a list. Filters and sorting in the address are kept."""
    request = context.get("request")
    given = request.GET if request is not None else QueryDict()

    def url(number: int) -> str:
        query = given.copy()
        query[param] = str(number)
        return f"?{query.urlencode()}"

    paginator = page_obj.paginator
    numbers = [
        {
            "number": each,
            "url": url(each) if isinstance(each, int) else "",
            "current": each == page_obj.number,
        }
        for each in paginator.get_elided_page_range(page_obj.number, on_each_side=1, on_ends=1)
    ]
    return {
        "page_obj": page_obj,
        "numbers": numbers,
        "previous": url(page_obj.previous_page_number()) if page_obj.has_previous() else "",
        "next": url(page_obj.next_page_number()) if page_obj.has_next() else "",
    }


@register.inclusion_tag("ui/components/export.html", takes_context=True)
def export_links(context: template.Context) -> dict[str, str]:
    """Offer the list as a file, with the filters in the address; the view answers by `ui.download.exported`."""
    request = context.get("request")
    query = request.GET.copy() if request is not None else QueryDict(mutable=True)
    for name in ("side", "hent"):
        query.pop(name, None)
    urls = {}
    for kind in ("csv", "xlsx"):
        query["hent"] = kind
        urls[kind] = f"?{query.urlencode()}"
    return urls


@register.simple_block_tag
def empty_state(content: str, title: str, text: str = "", icon_name: str = "info") -> SafeString:
    """Say that there is nothing here and what to do now; the body is an optional action."""
    return render_to_string(
        "ui/components/empty_state.html",
        {"title": title, "text": text, "icon_name": icon_name, "content": mark_safe(content.strip())},  # noqa: S308
    )


@register.simple_block_tag
def box(content: str, heading: str = "", paper: bool = False, level: int = 2, css: str = "") -> SafeString:
    """Put the body in a bordered box under a heading."""
    return render_to_string(
        "ui/components/box.html",
        {"heading": heading, "paper": paper, "level": level, "css": css, "content": mark_safe(content)},  # noqa: S308
    )


@register.filter
def dkdate(value: date | datetime | None) -> str:
    """Write "tirsdag 17. marts 2026"."""
    if not value:
        return ""
    day = _as_date(value)
    return f"{WEEKDAYS[day.weekday()]} {day.day}. {MONTHS[day.month - 1]} {day.year}"


@register.filter
def dkday(value: date | datetime | None) -> str:
    """Write "17. marts"."""
    if not value:
        return ""
    return day_and_month(_as_date(value))


@register.filter
def dktime(value: time | datetime | None) -> str:
    """Write "13.00"."""
    if value is None or value == "":
        return ""
    if isinstance(value, datetime):
        value = _local(value)
    return f"{value.hour}.{value.minute:02d}"


def _as_date(value: date | datetime) -> date:
    return _local(value).date() if isinstance(value, datetime) else value


def _local(value: datetime) -> datetime:
    """Return the moment in our one time zone; to look for another in the thread takes longer than the rest."""
    return timezone.localtime(value, timezone.get_default_timezone()) if timezone.is_aware(value) else value
