"""What pages of forms share: a refusal of the domain is said in the form, and the status says what came of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus

from django.core.exceptions import ValidationError
from django.forms import BaseForm

from concerte.common.errors import DomainError

REFUSED = "refused"  # the code of what the domain refused, among the errors of a form


@contextmanager
def refusals_in(form: BaseForm, field: str | None = None) -> Iterator[None]:
    """What the domain refuses inside the block is said at the top of the form, or at a field of it; the view goes on
    after the block."""
    try:
        yield
    except DomainError as refusal:
        form.add_error(field, ValidationError(refusal.message, code=REFUSED))


def status_of(*forms: BaseForm | None) -> HTTPStatus:
    """Of the page that shows these forms: 409 when the domain refused one, 400 when one was filled in wrongly, else
    200. None: a form that this person is not offered."""
    said = [form.errors.as_data() for form in forms if form is not None]
    codes = {error.code for each in said for errors in each.values() for error in errors}
    if REFUSED in codes:
        return HTTPStatus.CONFLICT
    return HTTPStatus.BAD_REQUEST if codes else HTTPStatus.OK
