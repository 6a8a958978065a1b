from django.apps import AppConfig


class CliConfig(AppConfig):
    name = "concerte.cli"
    label = "cli"
