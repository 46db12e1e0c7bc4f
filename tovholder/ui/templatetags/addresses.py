"""`{% url %}` as Django has it, with the work of finding the address done once for each name.

A list of 25 rows asks for the same address with 25 numbers; finding it anew took longer than drawing the row. It is a
builtin of our templates (`config.settings`), so no template loads it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django import template
from django.template.defaulttags import URLNode
from django.template.defaulttags import url as django_url
from django.urls import NoReverseMatch, get_script_prefix, get_urlconf, reverse

register = template.Library()
# Numbers that no address has by itself; they mark where the row's own numbers go, and codes as cases have them.
MARKS = (918273645, 827364519, 736451928)
CODE_MARKS = ("91-8273645", "82-7364519", "73-6451928")
CODE = re.compile(r"\d{2}-\d{3,7}")


class AddressNode(URLNode):
    """Puts whole numbers and case codes into the known address; everything else is left to Django."""

    def render(self, context: template.Context) -> str:
        if self.kwargs or len(self.args) > len(MARKS) or (self.asvar and self.args):
            return str(super().render(context))
        values = [each.resolve(context) for each in self.args]
        found = _known(self.view_name.resolve(context), values)
        if found is None:
            return str(super().render(context))
        if not self.asvar:
            return found
        context[self.asvar] = found
        return ""


def _mark(value: Any, place: int) -> int | str | None:
    if type(value) is int and value >= 0:
        return MARKS[place]
    return CODE_MARKS[place] if type(value) is str and value.isascii() and CODE.fullmatch(value) else None


@lru_cache(maxsize=1024)
def _pieces(name: str, marks: tuple[int | str, ...], urlconf: Any, prefix: str) -> tuple[str, ...] | None:
    """Cut the address at its marks; None when it has them in another way than one after the other."""
    try:
        left = reverse(name, args=marks)
    except NoReverseMatch:
        return None
    pieces = []
    for mark in marks:
        piece, found, left = left.partition(str(mark))
        if not found:
            return None
        pieces.append(piece)
    return (*pieces, left)


def address(name: str, *values: int | str) -> str:
    """Return the address for Python that draws rows: as `reverse`, found once for each name."""
    found = _known(name, values)
    return reverse(name, args=values) if found is None else found


def _known(name: str, values: Sequence[Any]) -> str | None:
    marks = tuple(_mark(value, place) for place, value in enumerate(values))
    pieces = None if None in marks else _pieces(name, marks, get_urlconf(), get_script_prefix())
    if pieces is None:
        return None
    return "".join(f"{piece}{value}" for piece, value in zip(pieces, values, strict=False)) + pieces[-1]


@register.tag
def url(parser: Any, token: Any) -> URLNode:
    node = django_url(parser, token)
    return AddressNode(node.view_name, node.args, node.kwargs, node.asvar)
