from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "tovholder.search"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Søgning"

    def ready(self) -> None:
        from tovholder.search.services import (
            follow_deletions,
        )  # only now are the tables of the other apps known

        follow_deletions()
