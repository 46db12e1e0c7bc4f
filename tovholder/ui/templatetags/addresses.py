"""`{% url %}` as Django has it, with the work of finding the address done once for each name.

A list of 25 rows asks for the same address with 25 numbers; finding it anew took longer than drawing the row. It is a
builtin of our templates (`config.settings`), so no template loads it.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django import template
from django.template.defaulttags import URLNode
from django.template.defaulttags import url as django_url
from django.urls import NoReverseMatch, get_script_prefix, get_urlconf, reverse

register = template.Library()
# Numbers that no address has by itself; they mark where the row's own numbers go.
MARKS = (918273645, 827364519, 736451928)


class AddressNode(URLNode):
    """Puts whole numbers into the known address; everything else is left to Django."""

    def render(self, context: template.Context) -> str:
        if self.kwargs or len(self.args) > len(MARKS) or (self.asvar and self.args):
            return str(super().render(context))
        values = [each.resolve(context) for each in self.args]
        if not all(type(value) is int and value >= 0 for value in values):
            return str(super().render(context))
        name = self.view_name.resolve(context)
        pieces = _pieces(name, len(values), get_urlconf(), get_script_prefix())
        if pieces is None:
            return str(super().render(context))
        if self.asvar:
            context[self.asvar] = pieces[-1]
            return ""
        return "".join(f"{piece}{value}" for piece, value in zip(pieces, values, strict=False)) + pieces[-1]


@lru_cache(maxsize=1024)
def _pieces(name: str, count: int, urlconf: Any, prefix: str) -> tuple[str, ...] | None:
    """Cut the address at its numbers; None when it has them in another way than one after the other."""
    try:
        left = reverse(name, args=MARKS[:count])
    except NoReverseMatch:
        return None
    pieces = []
    for mark in MARKS[:count]:
        piece, found, left = left.partition(str(mark))
        if not found:
            return None
        pieces.append(piece)
    return (*pieces, left)


@register.tag
def url(parser: Any, token: Any) -> URLNode:
    node = django_url(parser, token)
    return AddressNode(node.view_name, node.args, node.kwargs, node.asvar)
