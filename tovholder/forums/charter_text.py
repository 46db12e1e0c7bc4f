"""What a charter looks like on screen, and what changed from one version to the next."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

TAGS = {"p", "ul", "ol", "li", "strong", "em", "h2", "h3", "h4", "blockquote", "br", "hr", "a"}
_markdown = MarkdownIt("commonmark", {"html": False})


def render(text: str) -> SafeString:
    """Turn the charter's text with its simple marks into safe HTML. Headings start under the page's own."""
    tokens = _markdown.parse(text)
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(int(token.tag[1]) + 1, 4)}"
    html = _markdown.renderer.render(tokens, _markdown.options, {})
    clean = nh3.clean(html, tags=TAGS, attributes={"a": {"href"}}, url_schemes={"https", "http", "mailto"})
    return mark_safe(clean)  # noqa: S308 - cleaned one line above


@dataclass(frozen=True)
class Line:
    """One line of a comparison: "same", "added" or "removed"."""

    kind: str
    text: str


_KINDS = {"  ": "same", "+ ": "added", "- ": "removed"}


def compare(old: str, new: str) -> list[Line]:
    """Return the lines of both texts in order, each with what became of it."""
    lines = difflib.ndiff(old.splitlines(), new.splitlines())
    return [Line(_KINDS[line[:2]], line[2:]) for line in lines if line[:2] in _KINDS and line[2:].strip()]
