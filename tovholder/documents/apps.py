from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "tovholder.documents"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Dokumenter"
