from django.apps import AppConfig


class YearwheelConfig(AppConfig):
    name = "tovholder.yearwheel"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Årshjul"
