"""The three levels of every item (product.md, principle 2)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Level(models.TextChoices):
    GENERAL = "general", _("Generelt")
    ANONYMOUS = "anonymous", _("Anonymt")
    NAMED = "named", _("Navngivet")


_ORDER = (Level.GENERAL, Level.ANONYMOUS, Level.NAMED)


def level_rank(level: str) -> int:
    """Return 0, 1 or 2: the higher, the more sensitive. Raises ValueError for an unknown level."""
    return _ORDER.index(Level(level))


def levels_up_to(level: str) -> list[str]:
    """Return the levels that are no more sensitive than `level`, least sensitive first."""
    return [str(each) for each in _ORDER[: level_rank(level) + 1]]
