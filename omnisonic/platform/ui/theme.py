"""The design tokens: the only place with raw colors, sizes and times.

`python -m omnisonic.platform.ui.theme` writes them as CSS custom properties to `assets/css/theme.css`;
a test fails when the two differ. Text pairs keep WCAG 2.2 AA (4.5:1) and graphics 3:1 in both themes.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path

STYLESHEET = Path(__file__).parents[3] / "assets" / "css" / "theme.css"


@dataclass(frozen=True)
class Palette:
    """Colors of one theme. `tracks` draw sound (3:1), `track_texts` name it (4.5:1), in the same order."""

    bg: str
    surface: str
    raised: str
    hover: str
    line: str
    line_strong: str
    text: str
    text_2: str
    dim: str
    accent: str
    accent_hover: str
    accent_text: str
    accent_tint: str
    on_accent: str
    on_track: str
    danger: str
    danger_tint: str
    ok: str
    ok_tint: str
    warn: str
    warn_tint: str
    control: str
    glow: str
    shadow: str
    scrim: str
    tracks: tuple[str, ...]
    track_texts: tuple[str, ...]


DARK = Palette(
    bg="#111113",
    surface="#18191b",
    raised="#212225",
    hover="#272a2d",
    line="#2e3135",
    line_strong="#43484e",
    text="#edeef0",
    text_2="#b0b4ba",
    dim="#8e929b",
    accent="#6b67db",
    accent_hover="#5f5bd0",
    accent_text="#b1a9ff",
    accent_tint="#202248",
    on_accent="#ffffff",
    on_track="#111113",
    danger="#ff9592",
    danger_tint="#3b1219",
    ok="#3dd68c",
    ok_tint="#132d21",
    warn="#ffca16",
    warn_tint="#302008",
    control="#696e77",
    glow="rgb(107 103 219 / 0.16)",
    shadow="0 12px 40px rgb(0 0 0 / 0.5)",
    scrim="rgb(0 0 0 / 0.6)",
    tracks=("#e69f00", "#56b4e9", "#009e73", "#cc79a7", "#d55e00", "#f0e442", "#3b93d0", "#999ea8"),
    track_texts=("#e69f00", "#56b4e9", "#1fb98b", "#d98cb6", "#f08a3c", "#f0e442", "#62abe0", "#b0b4ba"),
)

LIGHT = Palette(
    bg="#f9f9fb",
    surface="#ffffff",
    raised="#f4f4f7",
    hover="#ececf1",
    line="#e3e4ea",
    line_strong="#cdced6",
    text="#1c2024",
    text_2="#5c6068",
    dim="#63666f",
    accent="#5b5bd6",
    accent_hover="#5151cd",
    accent_text="#5753c6",
    accent_tint="#eeeefe",
    on_accent="#ffffff",
    on_track="#111113",
    danger="#c62a2f",
    danger_tint="#ffeeee",
    ok="#18794e",
    ok_tint="#e6f6eb",
    warn="#8a5a00",
    warn_tint="#fff4d5",
    control="#80838d",
    glow="rgb(91 91 214 / 0.10)",
    shadow="0 12px 40px rgb(28 32 36 / 0.16)",
    scrim="rgb(28 32 36 / 0.4)",
    tracks=("#c98500", "#2f93d1", "#009e73", "#c0669a", "#d55e00", "#a89600", "#0072b2", "#80838d"),
    track_texts=("#8a5f00", "#1f6fa5", "#007a5a", "#a0497a", "#b04d00", "#716900", "#005a8e", "#5c6068"),
)

SHAPE = {
    "radius-sm": "6px",
    "radius": "8px",
    "radius-lg": "12px",
    "font": '"Inter Variable", system-ui, -apple-system, "Segoe UI", sans-serif',
    "mono": '"JetBrains Mono Variable", ui-monospace, "SF Mono", Menlo, monospace',
    "weight": "450",
    "weight-bold": "600",
    "size-12": "12px",
    "size-13": "13px",
    "size-14": "14px",
    "size-16": "16px",
    "size-20": "20px",
    "size-28": "28px",
    "size-40": "40px",
    "fast": "120ms",
    "slow": "200ms",
    "rail": "212px",
    "rail-narrow": "64px",
    "bar": "56px",
    "content": "1200px",
    "panel": "312px",
}

INTER = {
    "latin": "U+0000-00FF,U+0131,U+0152-0153,U+02BB-02BC,U+02C6,U+02DA,U+02DC,U+0304,U+0308,U+0329,"
    "U+2000-206F,U+20AC,U+2122,U+2191,U+2193,U+2212,U+2215,U+FEFF,U+FFFD",
    "latin-ext": "U+0100-02BA,U+02BD-02C5,U+02C7-02CC,U+02CE-02D7,U+02DD-02FF,U+1D00-1DBF,U+1E00-1E9F,"
    "U+1EF2-1EFF,U+2020,U+20A0-20AB,U+20AD-20C0,U+2113,U+2C60-2C7F,U+A720-A7FF",
    "cyrillic": "U+0301,U+0400-045F,U+0490-0491,U+04B0-04B1,U+2116",
    "greek": "U+0370-0377,U+037A-037F,U+0384-038A,U+038C,U+038E-03A1,U+03A3-03FF",
}
FACES = (
    ("Inter Variable", "inter", "100 900", INTER),
    ("JetBrains Mono Variable", "jetbrains-mono", "100 800", {k: INTER[k] for k in ("latin", "latin-ext")}),
)


def stylesheet() -> str:
    """The whole of `assets/css/theme.css`."""
    dark, light = _properties(DARK), _properties(LIGHT)
    shape = "".join(f"  --om-{name}: {value};\n" for name, value in SHAPE.items())
    return "\n".join(
        [
            "/* Written by `python -m omnisonic.platform.ui.theme`; edit the tokens there. */",
            *_font_faces(),
            f":root {{\n{shape}}}",
            f":root {{\n  color-scheme: light;\n{light}}}",
            "@media (prefers-color-scheme: dark) {",
            f":root:not(.light) {{\n  color-scheme: dark;\n{dark}}}\n}}",
            f":root.dark, :root:has(.ui-dark), .ui-dark {{\n  color-scheme: dark !important;\n{dark}}}\n",
        ]
    )


def _properties(palette: Palette) -> str:
    lines = []
    for field in fields(palette):
        value = getattr(palette, field.name)
        if isinstance(value, str):
            lines.append(f"  --om-{field.name.replace('_', '-')}: {value};\n")
            continue
        stem = "track" if field.name == "tracks" else "track-text"
        lines += [f"  --om-{stem}-{n}: {color};\n" for n, color in enumerate(value, start=1)]
    return "".join(lines)


def _font_faces() -> list[str]:
    return [
        f"@font-face {{\n  font-family: '{family}';\n  font-style: normal;\n  font-display: swap;\n"
        f"  font-weight: {weights};\n"
        f"  src: url(/fonts/{stem}-{subset}-wght-normal.woff2) format('woff2');\n"
        f"  unicode-range: {characters};\n}}"
        for family, stem, weights, subsets in FACES
        for subset, characters in subsets.items()
    ]


if __name__ == "__main__":
    STYLESHEET.write_text(stylesheet(), encoding="utf-8")
