"""`concerte COMMAND --help` for the commands of Concerté: what Django adds to every command is left out, and the few
words of the library around the rest are French. Asked once the applications are loaded."""

from django.core.management import get_commands, load_command_class

OF_EVERY_COMMAND = {
    "--version",
    "--verbosity",
    "--settings",
    "--pythonpath",
    "--traceback",
    "--no-color",
    "--force-color",
    "--skip-checks",
}
WORDS = (
    ("usage: ", "Utilisation : "),
    ("positional arguments:", "À donner :"),
    ("options:", "Options :"),
    ("show this help message and exit", "montre cette aide"),
)


def exists(name: str) -> bool:
    """Whether a command, ours or Django's, has this name. An option (`--version`) is left to Django."""
    return name.startswith("-") or name == "help" or name in get_commands()


def help_of(name: str) -> str | None:
    """The help of one of our commands; nothing for those of Django, which speak for themselves."""
    application = get_commands().get(name, "")
    if not isinstance(application, str) or not application.startswith("concerte."):
        return None
    command = load_command_class(application, name)
    command.suppressed_base_arguments = OF_EVERY_COMMAND
    text = command.create_parser("concerte", name).format_help()
    for english, french in WORDS:
        text = text.replace(english, french, 1)
    return text
