from django.apps import AppConfig


class SetupConfig(AppConfig):
    name = "tovholder.setup"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Opsætning"
