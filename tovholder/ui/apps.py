from functools import lru_cache

from django.apps import AppConfig
from django.conf import settings
from django.utils.translation import trans_real


class UiConfig(AppConfig):
    name = "tovholder.ui"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Brugerflade"

    def ready(self) -> None:
        # Our words are Danish already: each is looked for in every catalogue there is, in vain. Once is enough.
        danish = trans_real.translation(settings.LANGUAGE_CODE)
        danish.gettext = lru_cache(maxsize=4096)(danish.gettext)  # type: ignore[method-assign]
