from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "tovholder.ui"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Brugerflade"
