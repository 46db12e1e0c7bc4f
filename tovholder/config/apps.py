from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "tovholder.config"
    label = "tovholder_config"

    def ready(self) -> None:
        from tovholder.config import login_log  # reads models, which load after the apps

        login_log.connect()
