from django.apps import AppConfig


class InsightsConfig(AppConfig):
    name = "tovholder.insights"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Overblik"
