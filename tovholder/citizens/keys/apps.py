from django.apps import AppConfig


class KeysConfig(AppConfig):
    name = "tovholder.citizens.keys"
    label = "keys"
