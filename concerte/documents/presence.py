"""Who is here, as each client says it. Nobody speaks for somebody else's client.

Stock clients send back whatever they hear about others: an echo must not make its sender the holder of that client, nor
bring back somebody who left.
"""

from collections import OrderedDict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from itertools import takewhile

from concerte.documents import limits, protocol
from concerte.documents.errors import FrameRefused
from concerte.documents.protocol import GONE, Sign
from concerte.documents.updates import parse_json

Holder = Hashable  # a connection of this process, or the name of another process


@dataclass(slots=True)
class _Client:
    sign: Sign
    written: bytes  # the sign as frames carry it: written once, however many frames it leaves in
    holder: Holder
    person_id: int | None
    heard_at: float
    arrived: int  # the change it came with


class PresenceBook:
    """The clients of one document. Each change has a number: whoever missed some is told what came after it."""

    def __init__(self) -> None:
        self.last_change = 0
        self._clients: dict[int, _Client] = {}
        self._gone: OrderedDict[int, tuple[int, int | None]] = OrderedDict()  # client id: last clock, person
        self._held: dict[Holder, set[int]] = {}
        self._changes: OrderedDict[int, int] = OrderedDict()  # client id: its last change; the latest at the end

    def signs(self) -> list[Sign]:
        return [client.sign for client in self._clients.values()]

    def written(self, client_id: int) -> bytes:
        """The last sign of a client, `null` when it left, as frames carry it."""
        client = self._clients.get(client_id)
        return (
            client.written
            if client is not None
            else protocol.write_sign(Sign(client_id, self._gone[client_id][0], GONE))
        )

    def news_since(self, change: int, gone_since: int, size: int) -> tuple[list[bytes], int]:
        """What somebody lacks who was told of all up to a change, and of who left up to another; the last change told.

        At most about so many bytes, the oldest news first. In the order in which stock clients send it back: who came,
        who moved, who left."""
        came: list[bytes] = []
        moved: list[bytes] = []
        left: list[bytes] = []
        for client_id, number in self._changed_since(change):
            if size <= 0:
                break
            change = number
            client = self._clients.get(client_id)
            if client is None and number <= gone_since:
                continue
            written = self.written(client_id)
            size -= len(written)
            (left if client is None else came if client.arrived > gone_since else moved).append(written)
        else:
            change = self.last_change
        return came + moved + left, change

    def _changed_since(self, change: int) -> list[tuple[int, int]]:
        """Clients and the numbers of their last change, the oldest first."""
        return list(takewhile(lambda each: each[1] > change, reversed(self._changes.items())))[::-1]

    def held_by(self, holders: Iterable[Holder]) -> list[int]:
        return [client_id for holder in holders for client_id in self._held.get(holder, ())]

    def as_gone(self, holder: Holder) -> list[Sign]:
        """What makes a stock client say again that it is here: that it is gone at its own clock."""
        return [Sign(client_id, self._clients[client_id].sign.clock, GONE) for client_id in self._held.get(holder, ())]

    def is_here(self, client_id: int) -> bool:
        return client_id in self._clients

    def person_of(self, client_id: int) -> int | None:
        """Who a client here belongs to, or belonged to when it left; None: unknown."""
        client = self._clients.get(client_id)
        return client.person_id if client is not None else self._gone.get(client_id, (0, None))[1]

    def speaks(self, holder: Holder) -> bool:
        return bool(self._held.get(holder))

    def sift(self, content: bytes, holder: Holder, person_id: int) -> tuple[list[Sign], list[Sign]]:
        """What an awareness update says of the clients its sender speaks for, and of those it may begin to speak for.

        Of each client the last word; echoes are left out unread. Raises FrameRefused: "malformed", or "too-big"."""
        held = self._held.get(holder, ())
        own: dict[int, Sign] = {}
        claimed: dict[int, Sign] = {}
        for client_id, clock, start, end in protocol.scan_signs(content):
            if client_id in held:
                if clock >= self._clients[client_id].sign.clock:
                    own[client_id] = Sign(client_id, clock, content[start:end])
            elif not (held and client_id in self._clients) and len(claimed) < limits.CLIENT_IDS_PER_CONNECTION:
                sign = Sign(client_id, clock, content[start:end])
                if self.may_claim(sign, holder, person_id):
                    claimed[client_id] = sign
        return list(own.values()), list(claimed.values())

    def may_claim(self, sign: Sign, holder: Holder, person_id: int) -> bool:
        """Whether this connection may begin to speak for this client, as far as presence knows.

        A connection that speaks for one already must bring news: else it is an echo."""
        if sign.state == GONE:
            return False
        speaks_already = self.speaks(holder)
        client = self._clients.get(sign.client_id)
        if client is not None:
            # The same person may come back on a new connection before the old one is seen to be dead.
            return client.person_id in (None, person_id) and sign.clock >= client.sign.clock and not speaks_already
        if sign.client_id not in self._gone:
            return True
        clock, owner = self._gone[sign.client_id]
        return owner in (None, person_id) and (sign.clock > clock or not speaks_already)

    def take(self, sign: Sign, holder: Holder, person_id: int | None, now: float) -> bool:
        """Note a sign of a client this holder speaks for; its state was checked. Whether it is news.

        person_id: None when it is not known. Raises FrameRefused("too-big") when one connection speaks for too many
        clients."""
        client = self._clients.get(sign.client_id)
        is_remote = isinstance(holder, str)
        if sign.state == GONE:
            if client is None or client.holder != holder or sign.clock < client.sign.clock:
                return False
            self._drop(sign.client_id, sign.clock)
            return True
        if client is not None and sign.clock <= client.sign.clock and (client.holder == holder or is_remote):
            if client.holder == holder:
                client.heard_at = now
            return False
        if client is not None and None not in (client.person_id, person_id) and client.person_id != person_id:
            return False  # somebody of another process uses the client id of somebody here
        held = self._held.setdefault(holder, set())
        if not is_remote and len(held | {sign.client_id}) > limits.CLIENT_IDS_PER_CONNECTION:
            raise FrameRefused("too-big")
        if client is not None:
            self._held[client.holder].discard(sign.client_id)
        held.add(sign.client_id)
        self._gone.pop(sign.client_id, None)
        self._changed(sign.client_id)
        arrived = self.last_change if client is None else client.arrived
        self._clients[sign.client_id] = _Client(sign, protocol.write_sign(sign), holder, person_id, now, arrived)
        return True

    def last_clock_of_gone(self, client_id: int) -> int | None:
        gone = self._gone.get(client_id)
        return None if gone is None else gone[0]

    def leave(self, holder: Holder) -> list[int]:
        """Forget a holder; the ids of the clients that left with it."""
        left = self._held.pop(holder, set())
        for client_id in left:
            self._drop(client_id, self._clients[client_id].sign.clock)
        return sorted(left)

    def expire(self, before: float) -> list[int]:
        """Forget clients of other processes not heard of since; their ids."""
        stale = [
            client_id
            for client_id, client in self._clients.items()
            if isinstance(client.holder, str) and client.heard_at < before
        ]
        for client_id in stale:
            self._drop(client_id, self._clients[client_id].sign.clock)
        return stale

    def _changed(self, client_id: int) -> None:
        self.last_change += 1
        self._changes[client_id] = self.last_change
        self._changes.move_to_end(client_id)

    def _drop(self, client_id: int, clock: int) -> None:
        client = self._clients.pop(client_id)
        self._held.get(client.holder, set()).discard(client_id)
        self._gone[client_id] = (clock, client.person_id)
        self._changed(client_id)
        while len(self._gone) > limits.GONE_CLIENTS:
            forgotten, _ = self._gone.popitem(last=False)
            del self._changes[forgotten]


def check_json(state: bytes) -> None:
    """Browsers parse it: what is not JSON would stop them all. Raises FrameRefused("malformed")."""
    try:
        parse_json(str(state, "utf-8"))
    except UnicodeDecodeError as error:
        raise FrameRefused("malformed") from error
