"""How it works, with one diagram."""

from __future__ import annotations

import reflex as rx

from omnisonic.platform.site.frame import frame
from omnisonic.platform.ui.controls import link_button

TITLE = "How Omnisonic works"

STEPS = (
    ("Your takes", "WAV, FLAC, MP3, …", 1),
    ("Canonical audio", "48 kHz FLAC + waveform", 2),
    ("Mix manifest", "decides every sample", 4),
)
ENDS = (("In the browser", "Web Audio, live", 3, 22), ("On the server", "FFmpeg, float", 5, 132))


def about_page() -> rx.Component:
    """`/about`"""
    return frame(
        rx.el.article(
            rx.el.h1("How it works"),
            rx.el.p(
                "One small document, the mix manifest, decides everything you hear. The browser plays it; "
                "the server renders it. Both follow the same rules, so the file sounds like the preview.",
                class_name="ui-lead",
            ),
            _diagram(),
            rx.el.h2("From take to mix"),
            rx.el.p(
                "Each file you drop is decoded once, to 48 kHz FLAC, and gets its waveform and loudness at "
                "the same time. Gain, pan, mute, solo and position are numbers in the manifest, counted in "
                "samples. Nothing you do changes the audio itself."
            ),
            rx.el.h2("The same sound twice"),
            rx.el.p(
                "The pan law, the fades and the order of every step are written down once and tested: "
                "the browser's mix and the server's render are subtracted from each other, and what is left "
                "has to stay below −100 dBFS, far under what anyone can hear."
            ),
            rx.el.h2("Loudness you can read"),
            rx.el.p(
                "The mix is measured after EBU R 128, moved by one constant gain, and measured again. Peaks "
                "are never pushed past −1 dBTP: when the goal cannot be reached, the report says so."
            ),
            rx.el.h2("A certificate for every export"),
            rx.el.p(
                "It names the manifest, every input, the sound of the result and the tools by their "
                "fingerprints. Render the same manifest again and the fingerprint of the sound is the same."
            ),
            rx.el.div(
                link_button("Start a session", "/sessions", testid="start", kind="primary"),
                link_button("Read the API", "/docs", testid="to-api", is_page=False),
                class_name="ui-row",
                style={"marginTop": "32px"},
            ),
            class_name="ui-prose",
        )
    )


def _diagram() -> rx.Component:
    shapes: list[rx.Component] = []
    for at, (title, words, color) in enumerate(STEPS):
        shapes += _box(10 + at * 206, 77, title, words, color=color)
        if at:
            shapes.append(_arrow(f"M{at * 206 - 20} 108h26"))
    for title, words, color, y in ENDS:
        shapes += _box(660, y, title, words, color=color)
        shapes.append(_arrow(f"M598 108C630 108 624 {y + 31} 652 {y + 31}"))
    shapes.append(
        rx.el.svg.text(
            "the same sound",
            x="748",
            y="112",
            text_anchor="middle",
            style={"fill": "var(--om-text-2)", "fontSize": "13px"},
        )
    )
    return rx.el.figure(
        rx.el.svg(
            *shapes,
            view_box="0 0 850 216",
            role="img",
            aria_label="Takes become canonical audio; the mix manifest is played by the browser and rendered "
            "by the server, and both sound the same.",
        ),
        rx.el.figcaption("The browser and the server read the manifest and nothing else."),
        class_name="ui-figure",
        tab_index=0,
    )


def _box(x: int, y: int, title: str, words: str, *, color: int) -> list[rx.Component]:
    return [
        rx.el.svg.rect(
            x=str(x),
            y=str(y),
            width="180",
            height="62",
            rx="8",
            style={"fill": "var(--om-raised)", "stroke": "var(--om-line-strong)"},
        ),
        rx.el.svg.rect(
            x=str(x),
            y=str(y + 12),
            width="4",
            height="38",
            rx="2",
            style={"fill": f"var(--om-track-{color})"},
        ),
        rx.el.svg.text(
            title,
            x=str(x + 18),
            y=str(y + 27),
            style={"fill": "var(--om-text)", "fontSize": "14px", "fontWeight": "600"},
        ),
        rx.el.svg.text(
            words, x=str(x + 18), y=str(y + 46), style={"fill": "var(--om-text-2)", "fontSize": "11.500px"}
        ),
    ]


def _arrow(path: str) -> rx.Component:
    return rx.el.svg.path(
        d=path, style={"stroke": "var(--om-accent-text)", "strokeWidth": "2", "fill": "none"}
    )
