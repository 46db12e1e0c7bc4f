"""Why a mail has not arrived, in words."""

from __future__ import annotations

from django.utils.translation import gettext as _


def explain(code: str) -> str:
    """Return one sentence for the stored reason; nothing when there is none."""
    if code.startswith("smtp_4"):
        return _("Modtagerens mailserver bad os prøve igen senere.")
    known = {
        "": "",
        "bad_address": _("Adressen kan ikke bruges. Ret den i vejviseren."),
        "unreachable": _("Mailserveren svarer ikke. Mailen venter, til den gør."),
        "uncertain": _("Forbindelsen blev afbrudt to gange. Vi ved ikke, om mailen kom frem."),
    }
    return known.get(code, _("Modtagerens mailserver sagde nej. Kontrollér adressen i vejviseren."))
