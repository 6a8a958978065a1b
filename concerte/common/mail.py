"""E-mail of a machine without a mail server: shown on the console and kept as files."""

from collections.abc import Sequence
from typing import Any

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.console import EmailBackend as ConsoleBackend
from django.core.mail.backends.filebased import EmailBackend as FileBackend


class ConsoleAndFileBackend(BaseEmailBackend):
    """Writes each message to the console and to a file of EMAIL_FILE_PATH."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.console = ConsoleBackend(**options)
        self.files = FileBackend(**options)

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        self.console.send_messages(email_messages)
        return self.files.send_messages(email_messages) or 0
