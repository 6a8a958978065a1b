"""What upper rooms do when something happens to an account. They register in `AppConfig.ready()`."""

from collections.abc import Callable
from typing import Generic, ParamSpec

from concerte.accounts.models import User

P = ParamSpec("P")


class Hook(Generic[P]):
    """A list of functions, called in the order they came, inside the transaction of what happened."""

    def __init__(self) -> None:
        self._callbacks: list[Callable[P, None]] = []

    def register(self, callback: Callable[P, None]) -> None:
        """Registering again changes nothing."""
        if callback not in self._callbacks:
            self._callbacks.append(callback)

    def unregister(self, callback: Callable[P, None]) -> None:
        if callback in self._callbacks:
            self._callbacks.remove(callback)

    def call(self, *args: P.args, **kwargs: P.kwargs) -> None:
        for callback in tuple(self._callbacks):
            callback(*args, **kwargs)


# The personal data of someone is being erased: the person, and who erases (None: an operator, from a command).
being_erased: Hook[[User, User | None]] = Hook()
# Someone may sign in again, or may not any more.
activity_changed: Hook[[User]] = Hook()
