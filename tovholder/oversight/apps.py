from django.apps import AppConfig


class OversightConfig(AppConfig):
    name = "tovholder.oversight"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Loggennemgang"
