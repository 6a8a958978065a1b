"""What reading a document frame costs, in µs of CPU: `python -m bench.frames` from the root, beside nothing else.

Each shape is read by the three ways in turn, in rounds, and the smallest round stands: the machine is shared.
"""

import os
import time
from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Any

import django

ROUNDS, READS = 15, 20_000
CLIENT = 3_123_456_789


def shapes() -> dict[str, list[bytes]]:
    """Frames by shape: single ones, and all that the editors and the libraries of the seeds sent."""
    import pycrdt  # noqa: PLC0415 - after django.setup

    from concerte.documents import protocol  # noqa: PLC0415
    from tests.documents.seeds import kept_frames  # noqa: PLC0415

    doc: pycrdt.Doc[Any] = pycrdt.Doc(client_id=CLIENT)
    text = doc.get("text", type=pycrdt.Text)
    sent: list[bytes] = []
    subscription = doc.observe(lambda event: sent.append(event.update))
    text += "x" * 400
    text += "a"
    text.insert(5, "b")
    text.insert(9, "é")
    del text[2:3]
    text += "d" * 100
    text.insert(0, "😀")
    del subscription
    names = ("first text, 400 letters", "letter at the end", "letter inside", "accent inside", "deletion")
    found = {name: [protocol.update_frame(sent[index])] for index, name in enumerate(names)}
    kept = [(kind, frame) for kind, frame in kept_frames() if frame[:1] == b"\x00" and frame[1]]
    for kind, group in groupby(sorted(kept), key=lambda each: each[0]):
        frames = [frame for _, frame in group]
        found[f"seeds: {kind}, {len(frames)} × {sum(map(len, frames)) // len(frames)} bytes"] = frames
    return found


def measure(ways: Sequence[Callable[[Any], object]], frames: Sequence[Any]) -> list[float]:
    """µs per frame for each way."""
    repeats = max(1, READS // sum(1 + len(frame) // 100 for frame in frames))
    best = [float("inf")] * len(ways)
    for _ in range(ROUNDS):
        for index, way in enumerate(ways):
            started = time.process_time()
            for _ in range(repeats):
                for frame in frames:
                    way(frame)
            best[index] = min(best[index], (time.process_time() - started) / repeats / len(frames) * 1e6)
    return best


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "concerte.config.settings")
    django.setup()
    from concerte.documents import protocol, updates  # noqa: PLC0415
    from concerte.documents.update_walk import walk  # noqa: PLC0415

    def in_two_steps(frame: bytes) -> object:
        message = protocol.read(frame)
        assert isinstance(message, protocol.TakeUpdate)
        return updates.read(message.update)

    def by_full_walk(frame: bytes) -> object:
        message = protocol.read(frame)
        assert isinstance(message, protocol.TakeUpdate)
        return walk(message.update)

    def at_once(frame: bytes) -> object:
        return protocol.read_typing(frame) or in_two_steps(frame)

    ways = (at_once, in_two_steps, by_full_walk)
    print(f"{'µs per frame':45}{'at once':>10}{'read+read':>11}{'full walk':>11}")
    for name, frames in shapes().items():
        print(
            f"{name:45}"
            + "".join(f"{cost:>{width}.2f}" for cost, width in zip(measure(ways, frames), (10, 11, 11), strict=True))
        )
    frame = shapes()["letter at the end"][0]
    for kind, given in (("bytearray", bytearray(frame)), ("memoryview", memoryview(frame))):
        cost = measure([bytes], [given])[0]
        print(f"bytes({kind}) of a frame: {cost:.2f}")


if __name__ == "__main__":
    main()
