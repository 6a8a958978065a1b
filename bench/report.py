"""The tables of a result, as Markdown.

`python bench/report.py` writes those of bench/results/latest.json (or, until a whole run is kept, of short.json, or of
the sections that are) into docs/performance.md, between its two marks; `python bench/report.py FILE.json` prints those
of another."""

import json
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "performance.md"
LATEST = ROOT / "bench" / "results" / "latest.json"
BEGIN, END = "<!-- figures: written by bench/report.py -->", "<!-- end of the figures -->"
OURS, PEER = "concerte", "hocuspocus"

Found = dict[str, Any]


def figure(value: float | None) -> str:
    """With the digits that mean something: 0.123, 1.23, 12.3, 123, 12,300."""
    if value is None:
        return "–"
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def table(heads: list[str], rows: Iterable[list[str]]) -> str:
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(lines)


def servers_of(by_row: dict[str, Found]) -> list[str]:
    return list(dict.fromkeys(name for each in by_row.values() for name in each))


def ratio(of: Found, to: Found, key: str) -> str:
    if not of or not to or not of.get(key) or not to.get(key):
        return "–"
    return f"{of[key] / to[key]:.2f}"


def by_server(by_row: dict[str, Found], show: Callable[[Found], str], *, first: str, ratios: dict[str, str]) -> str:
    """A row for each cell, a column for each server. ratios: of us to these servers, and the key they compare."""
    names = servers_of(by_row)
    known = {name: key for name, key in ratios.items() if name in names and OURS in names}
    rows = [
        [row]
        + [show(each[name]) if name in each else "–" for name in names]
        + [ratio(each.get(OURS, {}), each.get(name, {}), key) for name, key in known.items()]
        for row, each in by_row.items()
    ]
    return table([first, *names, *(f"{OURS} / {name}" for name in known)], rows)


def cost(found: dict[str, Found]) -> str:
    ratios = {PEER: "us_per_delivery", "c-relay": "us_per_delivery"}
    costs = by_server(found, lambda each: figure(each["us_per_delivery"]), first="cell", ratios=ratios)
    times = by_server(
        found,
        lambda each: f"{figure(each['p50_ms'])} / {figure(each['p99_ms'])}",
        first="cell",
        ratios={PEER: "p99_ms"},
    )
    missing = {
        f"{cell} {name}": each["missing"]
        for cell, by_name in found.items()
        for name, each in by_name.items()
        if each["missing"] or each["closed"] or each["not_synced"]
    }
    lost = ", ".join(f"{name}: {count:,}" for name, count in missing.items()) or "none"
    return (
        f"### Server CPU for each delivered update, µs\n\n{costs}\n\n"
        f"### Time to deliver, p50 / p99, ms\n\n{times}\n\nNot delivered in all these runs: {lost}."
    )


def disturbance(found: dict[str, Found]) -> str:
    each = [one for by_name in found.values() for one in by_name.values()]
    others, stolen, late = (
        max((one[key] or 0) for one in each) for key in ("others", "stolen", "generator_late_p99_ms")
    )
    return (
        f"Worst median of a cell: {others:.0%} of the machine used by others, {stolen:.1%} stolen, "
        f"generator late by {late:.1f} ms (p99)."
    )


def search(found: dict[str, Found]) -> str:
    def show(each: Found) -> str:
        return figure(each["deliveries_per_second"]) + (" (generator)" if each["generator_limited"] else "")

    key = "deliveries_per_second"
    shown = by_server(found, show, first="situation", ratios={PEER: key, "picows-relay": key})
    return f"### Largest load with p99 < 100 ms and nothing lost, deliveries a second\n\n{shown}"


def memory(found: dict[str, Found]) -> str:
    rows = [
        [name, figure(each["base_mb"]), figure(each.get("kb_per_open")), figure(each.get("kb_per_closed"))]
        for name, each in found.items()
    ]
    shown = table(["server", "started, MB", "kB for each open idle page", "kB for each page, closed again"], rows)
    return f"### Memory: 500 pages of 20 kB\n\n{shown}"


def cold(found: dict[str, Found]) -> str:
    rows = [
        [
            trace,
            name,
            figure(each["whole_ms"]),
            figure(each["cpu_ms"]),
            figure(each["added_mb"]),
            figure(each["received_kb"]),
        ]
        for trace, by_name in found.items()
        for name, each in by_name.items()
    ]
    heads = ["document", "server", "until all of it came, ms", "server CPU, ms", "more memory, MB", "received, kB"]
    return f"### Opening a long document from cold\n\n{table(heads, rows)}"


def scale(found: dict[str, Found]) -> str:
    rows = [
        [
            cell,
            *(
                f"{figure(each[name]['us_per_delivery'])} µs, {figure(each[name]['p50_ms'])} / "
                f"{figure(each[name]['p99_ms'])} ms"
                for name in each
            ),
            ratio(each.get("concerte-2", {}), each.get("concerte-pg", {}), "us_per_delivery"),
            ratio(each.get("concerte-2", {}), each.get("concerte-pg", {}), "p99_ms"),
        ]
        for cell, each in found.items()
    ]
    heads = ["cell", *servers_of(found), "cost, two / one", "p99, two / one"]
    return f"### Two processes beside one, on PostgreSQL and Valkey (their CPU included)\n\n{table(heads, rows)}"


def kills(found: dict[str, Found]) -> str:
    rows = [
        [name, str(each["kills"]), f"{each['seen']:,}", f"{each['lost']:,}", str(each["documents_not_loaded"])]
        for name, each in found.items()
    ]
    heads = [
        "server",
        "SIGKILLs",
        "updates seen by others",
        "of these, not served after",
        "documents that did not load",
    ]
    return f"### Killed under load\n\n{table(heads, rows)}"


def storm(found: dict[str, Found]) -> str:
    rows = [
        [name, str(each["synced"]), figure(each["p50_ms"]), figure(each["last_ms"])] for name, each in found.items()
    ]
    heads = ["server", "served", "half of them after, ms", "all after, ms"]
    return f"### Five hundred come back at once after a restart\n\n{table(heads, rows)}"


SECTIONS: dict[str, Callable[[dict[str, Found]], str]] = {
    "cost": cost,
    "search": search,
    "memory": memory,
    "cold": cold,
    "scale": scale,
    "kills": kills,
    "storm": storm,
}


def tables(result: Found) -> str:
    around = result["surroundings"]
    versions = ", ".join(f"{name} {number}" for name, number in around["versions"].items())
    parts = [
        f"{around['date']}, commit {around['commit']}. {around['machine']}; load before: {around['load_before']}. "
        f"{result['runs']} runs of each, medians; {result['minutes']} minutes.\n\nVersions: {versions}."
    ]
    for name, show in SECTIONS.items():
        if result["measures"].get(name):
            parts.append(show(result["measures"][name]))
    measured = [name for name in ("cost", "scale") if result["measures"].get(name)]
    parts += [f"Disturbance ({name}): {disturbance(result['measures'][name])}" for name in measured]
    return "\n\n".join(parts)


def main() -> int:
    if len(sys.argv) > 1:
        print(tables(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))))
        return 0
    page = PAGE.read_text(encoding="utf-8")
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    whole = [file for file in (LATEST, LATEST.with_name("short.json")) if file.exists()]
    kept = whole[:1] or sorted(set(LATEST.parent.glob("*.json")) - {LATEST.with_name("partial.json")})
    written = "\n\n".join(tables(json.loads(file.read_text(encoding="utf-8"))) for file in kept)
    PAGE.write_text(f"{before}{BEGIN}\n{written}\n{END}{after}", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
