"""Who is here, as each client says it. Relayed, never stored; nobody speaks for somebody else's client.

Stock clients send back whatever they hear about others: an echo must not make its sender the holder of that client, nor
bring back somebody who left.
"""

from collections import OrderedDict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass

from concerte.documents import limits
from concerte.documents.errors import FrameRefused
from concerte.documents.protocol import GONE, Sign
from concerte.documents.updates import parse_json

Holder = Hashable  # a connection of this process, or the name of another process


@dataclass(slots=True)
class _Client:
    sign: Sign
    holder: Holder
    person_id: int | None
    heard_at: float


class PresenceBook:
    """The clients of one document."""

    def __init__(self) -> None:
        self._clients: dict[int, _Client] = {}
        self._gone: OrderedDict[int, tuple[int, int | None]] = OrderedDict()  # client id: last clock, person
        self._held: dict[Holder, set[int]] = {}

    def signs(self) -> list[Sign]:
        return [client.sign for client in self._clients.values()]

    def signs_of(self, client_ids: Iterable[int]) -> list[Sign]:
        """The last sign of each, `null` for those who left."""
        signs = []
        for client_id in client_ids:
            if client_id in self._clients:
                signs.append(self._clients[client_id].sign)
            elif client_id in self._gone:
                signs.append(Sign(client_id, self._gone[client_id][0], GONE))
        return signs

    def signs_held_by(self, holders: Iterable[Holder]) -> list[Sign]:
        return [self._clients[client_id].sign for holder in holders for client_id in self._held.get(holder, ())]

    def is_held(self, client_id: int, holder: Holder) -> bool:
        return client_id in self._held.get(holder, ())

    def may_claim(self, sign: Sign, holder: Holder, person_id: int) -> bool:
        """Whether this connection may begin to speak for this client, as far as presence knows.

        A connection that speaks for one already must bring news: else it is an echo."""
        if sign.state == GONE:
            return False
        speaks_already = bool(self._held.get(holder))
        client = self._clients.get(sign.client_id)
        if client is not None:
            # The same person may come back on a new connection before the old one is seen to be dead.
            return client.person_id in (None, person_id) and sign.clock >= client.sign.clock and not speaks_already
        if sign.client_id not in self._gone:
            return True
        clock, owner = self._gone[sign.client_id]
        return owner in (None, person_id) and (sign.clock > clock or not speaks_already)

    def take(self, sign: Sign, holder: Holder, person_id: int | None, now: float) -> bool:
        """Note a sign of a client this holder speaks for. Whether it is news. person_id: None from other processes.

        Raises FrameRefused: "malformed", or "too-big" when one connection speaks for too many clients."""
        client = self._clients.get(sign.client_id)
        is_remote = isinstance(holder, str)
        if sign.state == GONE:
            if client is None or client.holder != holder or sign.clock < client.sign.clock:
                return False
            self._drop(sign.client_id, sign.clock)
            return True
        if client is not None and sign.clock <= client.sign.clock and (client.holder == holder or is_remote):
            return False
        _check_json(sign.state)
        held = self._held.setdefault(holder, set())
        if not is_remote and len(held | {sign.client_id}) > limits.CLIENT_IDS_PER_CONNECTION:
            raise FrameRefused("too-big")
        if client is not None:
            self._held[client.holder].discard(sign.client_id)
        held.add(sign.client_id)
        self._gone.pop(sign.client_id, None)
        self._clients[sign.client_id] = _Client(sign, holder, person_id, now)
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

    def _drop(self, client_id: int, clock: int) -> None:
        client = self._clients.pop(client_id)
        self._held.get(client.holder, set()).discard(client_id)
        self._gone[client_id] = (clock, client.person_id)
        while len(self._gone) > limits.GONE_CLIENTS:
            self._gone.popitem(last=False)


def _check_json(state: bytes) -> None:
    """Browsers parse it: what is not JSON would stop them all."""
    try:
        parse_json(str(state, "utf-8"))
    except UnicodeDecodeError as error:
        raise FrameRefused("malformed") from error
