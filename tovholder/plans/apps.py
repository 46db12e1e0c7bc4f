from django.apps import AppConfig


class PlansConfig(AppConfig):
    name = "tovholder.plans"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Aftaler"
