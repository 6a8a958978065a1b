"""The encoding under everything Yjs sends (lib0): numbers of variable length, byte strings, texts.

Stricter than lib0: what goes past the end, past 53 bits or is not UTF-8 is refused, never guessed.
"""

from concerte.documents.errors import FrameRefused

MAX_INTEGER = 2**53 - 1  # the largest whole number JavaScript can count


class Reader:
    """Reads a byte string from its beginning; raises FrameRefused("malformed") rather than go past the end."""

    __slots__ = ("data", "end", "position")

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.position = 0
        self.end = len(data)

    @property
    def is_at_end(self) -> bool:
        return self.position == self.end

    def byte(self) -> int:
        position = self.position
        if position >= self.end:
            raise FrameRefused("malformed")
        self.position = position + 1
        return self.data[position]

    def number(self) -> int:
        """A whole number from 0 to MAX_INTEGER."""
        data, position, end = self.data, self.position, self.end
        number = shift = 0
        while position < end:
            byte = data[position]
            position += 1
            number |= (byte & 127) << shift
            if byte < 128:
                if number > MAX_INTEGER:
                    break
                self.position = position
                return number
            shift += 7
            if shift > 49:
                break
        raise FrameRefused("malformed")

    def skip_signed_number(self) -> None:
        """A signed number, of which only the end matters here (at most 54 bits: six, then seven a byte)."""
        byte = self.byte()
        for _ in range(7):
            if byte < 128:
                return
            byte = self.byte()
        if byte >= 128:
            raise FrameRefused("malformed")

    def skip(self, count: int) -> None:
        position = self.position + count
        if position > self.end:
            raise FrameRefused("malformed")
        self.position = position

    def byte_string(self) -> bytes:
        """A length, then that many bytes."""
        length = self.number()
        start = self.position
        self.skip(length)
        return self.data[start : self.position]

    def text(self) -> str:
        """A length in bytes, then UTF-8."""
        try:
            return str(self.byte_string(), "utf-8")
        except UnicodeDecodeError as error:
            raise FrameRefused("malformed") from error

    def expect_end(self) -> None:
        if self.position != self.end:
            raise FrameRefused("malformed")


def number(value: int) -> bytes:
    """A whole number as lib0 writes it."""
    if value < 128:
        return bytes((value,))
    written = bytearray()
    while value > 127:
        written.append(128 | (value & 127))
        value >>= 7
    written.append(value)
    return bytes(written)


def byte_string(value: bytes) -> bytes:
    """A length, then the bytes."""
    return number(len(value)) + value
