"""`make bench`, or: python bench/run.py --only S1@100,S2@10 --servers concerte,hocuspocus --runs 1"""

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import cost, place
from bench.servers import KINDS


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", default=",".join(cost.CELLS))
    parser.add_argument("--servers", default="concerte,hocuspocus,c-relay")
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=0)
    options = parser.parse_args()
    names = [name for name in options.servers.split(",") if name in KINDS]
    cells = [cost.CELLS[name] for name in options.only.split(",")]
    place.prepare(set(names))
    folder = Path(tempfile.mkdtemp(prefix="bench-"))
    results: dict[tuple[str, str], list] = {}
    started = time.monotonic()
    with cost.Fleet(names, folder) as fleet:
        for _run in range(options.runs):
            for cell in cells:
                for server in fleet.servers:
                    result = fleet.measure(server, cell, options.seconds or cell.seconds)
                    results.setdefault((cell.name, server.name), []).append(result)
                    latency = result["latency_ms"]
                    print(
                        f"{time.monotonic() - started:5.0f} s  {cell.name:7} {server.name:20} "
                        f"{result['us_per_delivery']} µs  p50 {latency['p50']} p99 {latency['p99']} ms  "
                        f"missing {result['missing']}  not synced {result['not_synced']}  closed {result['closed']}  "
                        f"others {result['disturbance']['others']:.2f}",
                        flush=True,
                    )
    print(json.dumps({f"{c} {s}": cost.summary(r) for (c, s), r in results.items()}, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
