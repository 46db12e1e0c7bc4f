"""`{% translate %}` as Django has it, with a fixed text looked up once: `{% load i18n ui %}` loads this one.

A table of members has its three headings in every row; looking a text up and escaping it anew took longer than all else
in the cell.
"""

from __future__ import annotations

from typing import Any

from django import template  # noqa: TID251  # a template tag of `ui`
from django.conf import settings
from django.templatetags import i18n


class FixedText(template.Node):
    """What `node` writes, or keeps under a name: the same each time, in our one language."""

    def __init__(self, node: i18n.TranslateNode) -> None:
        self._name, self._node = node.asvar, node
        node.asvar = None
        self._text: str | None = None

    def render(self, context: template.Context) -> str:
        if self._text is None:
            self._text = self._node.render(context)
        if self._name is None:
            return self._text
        context[self._name] = self._text
        return ""


def translate(parser: Any, token: Any) -> template.Node:
    node = i18n.do_translate(parser, token)
    expression = node.filter_expression
    is_fixed = expression.var.literal is not None and not expression.filters and node.message_context is None
    return FixedText(node) if is_fixed and len(settings.LANGUAGES) == 1 else node
