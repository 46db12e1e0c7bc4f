from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "tovholder.config"
    label = "tovholder_config"
