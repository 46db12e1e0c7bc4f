"""Why a mail has not arrived, in words."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

_CASE_CODE = re.compile(r"\b\d{2}-\d{3,7}\b")


def subject_shown(subject: str) -> str:
    """Return the subject without a case code: who sees to the mails learns of no case that it exists (issue C, section 3)."""
    return _CASE_CODE.sub("…", subject)


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
