from django.apps import AppConfig


class ImportsConfig(AppConfig):
    name = "tovholder.imports"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Import"
