"""Django's `i18n` tags, with `{% translate %}` of a fixed text looked up once: `{% load i18n %}` loads these.

The library is named in `config.settings`. A table of members has its three headings in every row; looking a text up
and escaping it anew took longer than all else in the cell.
"""

from __future__ import annotations

from typing import Any

from django import template
from django.templatetags import i18n
from django.utils.translation import get_language

register = template.Library()
register.tags.update(i18n.register.tags)
register.filters.update(i18n.register.filters)


class FixedText(template.Node):
    """What `node` writes, or keeps under a name, is the same each time in one language."""

    def __init__(self, node: i18n.TranslateNode) -> None:
        self._name, self._node = node.asvar, node
        node.asvar = None
        self._known: dict[str | None, str] = {}

    def render(self, context: template.Context) -> str:
        language = get_language()
        text = self._known.get(language)
        if text is None:
            text = self._known[language] = self._node.render(context)
        if self._name is None:
            return text
        context[self._name] = text
        return ""


@register.tag("trans")
@register.tag("translate")
def translate(parser: Any, token: Any) -> template.Node:
    node = i18n.do_translate(parser, token)
    expression = node.filter_expression
    is_fixed = expression.var.literal is not None and not expression.filters and node.message_context is None
    return FixedText(node) if is_fixed else node
