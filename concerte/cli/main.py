"""The `concerte` command: what a newcomer needs first, and every Django command behind it."""

import os
import sys


def main() -> None:
    """Run a command of Concerté or of Django."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "concerte.config.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
