from django.apps import AppConfig


class ForumsConfig(AppConfig):
    name = "tovholder.forums"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Fora"
