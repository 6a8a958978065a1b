"""Every kind of server, by name."""

from bench.own import Concerte, Concerte2, ConcertePg
from bench.servers import CRelay, Hocuspocus, PicowsRelay, PycrdtWebsocket, Server, YWebsocketServer

KINDS: dict[str, type[Server]] = {
    kind.name: kind
    for kind in (
        Concerte,
        Hocuspocus,
        YWebsocketServer,
        PycrdtWebsocket,
        CRelay,
        PicowsRelay,
        ConcertePg,
        Concerte2,
    )
}
