from django.apps import AppConfig


class ConcernsConfig(AppConfig):
    name = "tovholder.concerns"
    label = "concerns"
    verbose_name = "Bekymringer"
