"""A bare relay with picows and uvloop: each update goes at once to every other person of the same path.

No merging, no storage, no rights. Usage: picows_relay.py PORT. Loopback only."""

import sys
from collections import defaultdict

import picows
import uvloop

STEP_1 = b"\x00\x00\x01\x00"
EMPTY_STEP_2 = b"\x00\x01\x02\x00\x00"

rooms: defaultdict[str, set["Person"]] = defaultdict(set)


class Person(picows.WSListener):
    def __init__(self, path: str) -> None:
        self.room = rooms[path]

    def on_ws_connected(self, transport: picows.WSTransport) -> None:
        self.transport = transport
        self.room.add(self)
        transport.send(picows.WSMsgType.BINARY, STEP_1)

    def on_ws_disconnected(self, transport: picows.WSTransport) -> None:
        self.room.discard(self)

    def on_ws_frame(self, transport: picows.WSTransport, frame: picows.WSFrame) -> None:
        if frame.msg_type == picows.WSMsgType.CLOSE:
            transport.disconnect()
        if frame.msg_type != picows.WSMsgType.BINARY:
            return
        message = frame.get_payload_as_bytes()
        if message[:2] == b"\x00\x02":
            for person in self.room:
                if person is not self:
                    person.transport.send(picows.WSMsgType.BINARY, message)
        elif message[:2] == b"\x00\x00":
            transport.send(picows.WSMsgType.BINARY, EMPTY_STEP_2)


async def serve(port: int) -> None:
    server = await picows.ws_create_server(
        lambda request: Person(request.path.decode()), "127.0.0.1", port, backlog=4096, websocket_handshake_timeout=30
    )
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1])))
