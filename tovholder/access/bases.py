"""The legal bases on which a named child may be spoken of. Labels say what a person would say, no law numbers."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class LegalBasis(models.TextChoices):
    RPL115 = "rpl115", _("Kriminalitetsforebyggende samarbejde efter retsplejeloven")
    EARLY_COOPERATION = "early_cooperation", _("Tidligt forebyggende samarbejde")
    CONSENT = "consent", _("Samtykke")
    PARTICIPATION = "participation", _("Forældrene er med")
