from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "tovholder.outbox"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Udbakke"
