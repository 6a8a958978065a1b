"""What refuses: one base class for every refusal of the domain."""


class DomainError(Exception):
    """A refusal the person can understand.

    message: a French sentence for the person. code: a short stable word for programs and tests.
    A view shows the message; the socket closes with it; a middleware turns a forgotten one into a 409.
    """

    def __init__(self, message: str = "", *, code: str) -> None:
        super().__init__(message or code)
        self.message = str(message)
        self.code = code
