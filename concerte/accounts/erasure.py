"""What upper rooms must also do when the personal data of someone is erased."""

from collections.abc import Callable

from concerte.accounts.models import User

# person, and who erases (nothing: an operator, from a command)
Callback = Callable[[User, User | None], None]
_callbacks: list[Callback] = []


def register(callback: Callback) -> None:
    """Have `callback` called inside the transaction of the erasure. Registering it again changes nothing."""
    if callback not in _callbacks:
        _callbacks.append(callback)


def unregister(callback: Callback) -> None:
    if callback in _callbacks:
        _callbacks.remove(callback)


def announce(person: User, *, acting_user: User | None) -> None:
    for callback in tuple(_callbacks):
        callback(person, acting_user)
