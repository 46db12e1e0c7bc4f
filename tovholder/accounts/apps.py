from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "tovholder.accounts"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Konti"
