"""The colours of the product can be read: WCAG 2.2 AA, computed for each pair that is used, in light and in dark."""

import re
from pathlib import Path

import pytest

TOKENS = Path(__file__).resolve().parents[2] / "frontend" / "styles" / "tokens.css"
_COLOUR = re.compile(r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)")
COLOURS = {name: (light, dark) for name, light, dark in _COLOUR.findall(TOKENS.read_text())}

TEXT, EDGE = 4.5, 3.0  # least ratios: text, and what only has to be seen (edges of controls, signs, focus)
PAPERS = ("paper", "surface", "sunken")
TONES = ("info", "success", "warning", "danger")
COLLEGES = ("college-1", "college-2", "college-3")
PAIRS = [
    *[("ink", paper, TEXT) for paper in PAPERS],
    *[("ink-soft", paper, TEXT) for paper in PAPERS],
    *[("accent", paper, TEXT) for paper in (*PAPERS, "accent-soft", "warning-soft", "success-soft")],
    *[("accent-strong", paper, TEXT) for paper in (*PAPERS, "accent-soft", "warning-soft")],
    ("on-accent", "accent", TEXT),
    ("on-accent", "accent-strong", TEXT),
    ("on-band", "band", TEXT),
    ("on-band-soft", "band", TEXT),
    *[(tone, paper, TEXT) for tone in TONES for paper in (*PAPERS, f"{tone}-soft")],
    *[("ink", f"{tone}-soft", TEXT) for tone in TONES],
    *[("ink-soft", "warning-soft", TEXT)],
    *[(college, paper, TEXT) for college in COLLEGES for paper in (*PAPERS, f"{college}-soft")],
    *[(f"{college}-solid", paper, EDGE) for college in COLLEGES for paper in ("paper", "surface")],
    *[(f"{college}-solid", f"{college}-soft", EDGE) for college in COLLEGES],
    *[("line-strong", paper, EDGE) for paper in ("paper", "surface")],
    *[("focus", paper, EDGE) for paper in PAPERS],
]


def luminance(colour: str) -> float:
    """Relative luminance as WCAG defines it, from 0 (black) to 1 (white)."""
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: str, second: str) -> float:
    darker, lighter = sorted((luminance(first), luminance(second)))
    return (lighter + 0.05) / (darker + 0.05)


def test_the_ratio_is_the_one_everybody_computes():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("front", "back", "least"), PAIRS)
def test_a_pair_of_colours_has_enough_contrast(front, back, least, scheme):
    rank = 0 if scheme == "light" else 1

    assert contrast(COLOURS[front][rank], COLOURS[back][rank]) >= least
