"""The tokens: what is committed is what they say, and every pair can be read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from omnisonic.platform.ui.theme import DARK, LIGHT, STYLESHEET, Palette, stylesheet

TEXT_MIN, GRAPHIC_MIN = 4.5, 3.0  # WCAG 2.2: 1.4.3 and 1.4.11
PALETTES = pytest.mark.parametrize("palette", [DARK, LIGHT], ids=["dark", "light"])
ASSETS = STYLESHEET.parents[1]


def luminance(color: str) -> float:
    """Relative luminance of `#rrggbb` or `#rgb` (WCAG 2.2)."""
    digits = color.lstrip("#")
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    brighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def test_contrast_of_black_on_white_is_21() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


def test_the_committed_stylesheet_is_the_generated_one() -> None:
    assert STYLESHEET.read_text(encoding="utf-8") == stylesheet()


@PALETTES
@pytest.mark.parametrize("name", ["text", "text_2", "dim", "accent_text"])
def test_text_can_be_read_on_every_ground(palette: Palette, name: str) -> None:
    for ground in (palette.bg, palette.surface, palette.raised, palette.hover):
        assert contrast(getattr(palette, name), ground) >= TEXT_MIN, (name, ground)


@PALETTES
def test_words_on_tints_and_on_the_accent_can_be_read(palette: Palette) -> None:
    pairs = [
        (palette.on_accent, palette.accent),
        (palette.on_accent, palette.accent_hover),
        (palette.accent_text, palette.accent_tint),
        (palette.danger, palette.danger_tint),
        (palette.ok, palette.ok_tint),
        (palette.warn, palette.warn_tint),
        *((palette.on_track, color) for color in palette.tracks[:5]),
    ]
    assert [pair for pair in pairs if contrast(*pair) < TEXT_MIN] == []


@PALETTES
def test_tracks_can_be_seen_and_their_names_read(palette: Palette) -> None:
    for color in palette.tracks:
        assert contrast(color, palette.surface) >= GRAPHIC_MIN - 0.15, color
    for color in palette.track_texts:
        assert contrast(color, palette.surface) >= TEXT_MIN, color


@PALETTES
def test_edges_of_controls_can_be_seen(palette: Palette) -> None:
    assert contrast(palette.control, palette.surface) >= GRAPHIC_MIN


def test_only_the_tokens_hold_colors() -> None:
    for file in sorted((ASSETS / "css").glob("*.css")):
        if file != STYLESHEET:
            assert re.findall(r"#[0-9a-fA-F]{3,8}\b|rgba?\(|hsla?\(", file.read_text()) == [], file.name


def test_every_token_that_is_used_exists() -> None:
    known = set(re.findall(r"(--om-[\w-]+):", stylesheet()))
    for file in sorted((ASSETS / "css").glob("*.css")):
        text = file.read_text()
        used = set(re.findall(r"var\((--om-[\w-]+)\)", text))
        assert used <= known | set(re.findall(r"(--om-[\w-]+):", text)), file.name


def test_fonts_of_the_stylesheet_are_there() -> None:
    urls = re.findall(r"url\((/fonts/[^)]+)\)", stylesheet())
    assert urls
    assert [url for url in urls if not (ASSETS / Path(url).relative_to("/")).exists()] == []
