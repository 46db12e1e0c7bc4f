from django.apps import AppConfig
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


class AccountsConfig(AppConfig):
    name = "tovholder.accounts"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Konti"

    def ready(self) -> None:
        """Refuse to start with a role that does not exist: misspelt, it would quietly demand or give nothing."""
        from tovholder.accounts.models import Role  # models load after the apps

        named = {"SECOND_FACTOR_ROLES": set(settings.SECOND_FACTOR_ROLES) - {"all"}}
        if settings.SIGN_ON:
            named["OIDC_ROLES"] = set(settings.SIGN_ON.governed)
        unknown = [f"{name}: {', '.join(sorted(found - set(Role.values)))}" for name, found in named.items()
                   if found - set(Role.values)]  # fmt: skip
        if unknown:
            raise ImproperlyConfigured(
                f"No such role in {'; '.join(unknown)}. Roles: {', '.join(Role.values)}"
            )
