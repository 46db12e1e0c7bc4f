"""The forms of a page as somebody fills them in: each field with what may stand there, the same word in all that is written."""

from __future__ import annotations

from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

from django.utils import timezone

# What buttons without a form of their own ask for.
WRITTEN = (
    "text", "words", "name", "goals", "resources", "reflections", "seen", "since", "tried", "works", "offence", "necessity",
    "purpose", "note", "kinds", "reason", "outcome", "question", "answer", "contact", "child_view", "no_child_view", "percent",
    "sign_of_progress", "address", "exception", "no_information", "notes", "phone_notes", "circumstances", "special_reason",
)  # fmt: skip
AHEAD = {"due_on", "review_on", "day"}
# One of two, or another form's: a CPR number is another test's.
LEFT_EMPTY = {"no_child_view", "cpr", "exception"}
KEPT = {"hidden", "submit"}
Fields = dict[str, tuple[str, list[str]]]


def filled_in(fields: Fields, word: str) -> dict[str, Any]:
    """Return what is sent when these fields are filled in."""
    today = timezone.localdate()
    sent: dict[str, Any] = {**dict.fromkeys(WRITTEN, word), "version": "1"}
    for name, (kind, values) in fields.items():
        chosen = [each for each in values if each]
        if kind in KEPT:
            sent[name] = values[-1]
        elif kind in {"select", "radio", "checkbox"}:
            sent[name] = chosen[-1:] if kind == "select" else chosen[:1]
        elif name == "birth_date":
            sent[name] = "2012-05-04"
        elif kind == "date":
            sent[name] = f"{today + timedelta(days=7 if name in AHEAD else 0)}"
        else:
            sent[name] = {"time": "10:00", "number": "3", "email": "nogen@kommune.example"}.get(kind, word)
    return sent | dict.fromkeys(LEFT_EMPTY & sent.keys(), "")


class Forms(HTMLParser):
    """The fields of every form of a page, by the address that it is sent to: their kinds, and the values to choose among."""

    def __init__(self, html: str, path: str) -> None:
        super().__init__()
        self.by_path: dict[str, Fields] = {}
        self._path, self._form = path, Fields()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = self.by_path.setdefault(given.get("action") or self._path, {})
        elif tag == "option" and self._form:
            list(self._form.values())[-1][1].append(given.get("value", ""))
        elif tag in {"input", "select", "textarea"} and given.get("name"):
            kind = given.get("type", "text") if tag == "input" else tag
            _kind, values = self._form.setdefault(given["name"], (kind, []))
            if tag != "select":
                values.append(given.get("value", "on" if kind == "checkbox" else ""))
