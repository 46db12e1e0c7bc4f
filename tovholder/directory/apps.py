from django.apps import AppConfig


class DirectoryConfig(AppConfig):
    name = "tovholder.directory"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Vejviser"
