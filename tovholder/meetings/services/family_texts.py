"""The words of the family's page, in each language that there is a file for: ours, and the municipality's own."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings

OURS = Path(__file__).parent.parent / "languages"
DANISH = "da"


@dataclass(frozen=True, slots=True)
class Language:
    code: str
    name: str
    direction: str
    texts: dict[str, str]


def languages() -> dict[str, Language]:
    """Return all languages by code, Danish first. A file in the folder FAMILY_LANGUAGES goes before ours of the same name."""
    return _read(str(getattr(settings, "FAMILY_LANGUAGES", "") or ""))


def language(code: str) -> Language:
    """Return the language of that code, Danish where there is none."""
    known = languages()
    return known.get(code, known[DANISH])


@lru_cache(maxsize=4)
def _read(own: str) -> dict[str, Language]:
    files = {path.stem: path for path in sorted(OURS.glob("*.toml"))}
    if own:
        files |= {path.stem: path for path in sorted(Path(own).glob("*.toml"))}
    danish = tomllib.loads(files[DANISH].read_text(encoding="utf-8"))["texts"]
    found = {}
    for code in sorted(files, key=lambda each: (each != DANISH, each)):
        said = tomllib.loads(files[code].read_text(encoding="utf-8"))
        # What a file lacks is said in Danish rather than not at all.
        texts = {key: str(said.get("texts", {}).get(key, text)) for key, text in danish.items()}
        found[code] = Language(code, str(said["name"]), str(said.get("direction", "ltr")), texts)
    return found
