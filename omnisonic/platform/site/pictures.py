"""Drawings of the public pages, as SVG in the theme's colors."""

from __future__ import annotations

import reflex as rx

_WIDTH, _HEIGHT = 320, 92


def room_picture() -> rx.Component:
    """Three tracks with the cursors of three people."""
    lanes = [(16, 1, 24, 250), (40, 2, 60, 220), (64, 3, 40, 180)]
    people = [(118, 22, 4), (214, 46, 5)]
    return _picture(
        *[
            rx.el.svg.rect(
                x=str(x),
                y=str(y),
                width=str(width),
                height="14",
                rx="4",
                style={"fill": f"var(--om-track-{n})"},
            )
            for y, n, x, width in lanes
        ],
        *[
            rx.el.svg.path(
                d=f"M{x} {y}l15 6-6.5 2.6-2.6 6.4z",
                style={"fill": f"var(--om-track-{n})", "stroke": "var(--om-raised)", "strokeWidth": "2"},
            )
            for x, y, n in people
        ],
    )


def level_picture() -> rx.Component:
    """A level meter with the goal marked."""
    heights = (18, 30, 46, 38, 56, 62, 50, 58, 44, 60, 52, 36, 48, 30, 40, 24)
    bars = [
        rx.el.svg.rect(
            x=str(32 + at * 16),
            y=str(80 - height),
            width="9",
            height=str(height),
            rx="2",
            style={"fill": "var(--om-accent)"},
        )
        for at, height in enumerate(heights)
    ]
    goal = rx.el.svg.path(
        d="M20 24H300",
        style={"stroke": "var(--om-ok)", "strokeWidth": "2", "strokeDasharray": "5 5"},
    )
    return _picture(*bars, goal)


def own_picture() -> rx.Component:
    """A file with its fingerprint."""
    line = {"stroke": "var(--om-line-strong)", "strokeWidth": "2", "fill": "none"}
    return _picture(
        rx.el.svg.rect(x="92", y="14", width="136", height="64", rx="8", style=line),
        rx.el.svg.path(
            d="M110 46h4v-8v16v-8h6v-16v32v-16h6v-10v20v-10h6v-18v36v-18h6v-8v16v-8h4",
            style={"stroke": "var(--om-track-2)", "strokeWidth": "2", "fill": "none"},
        ),
        rx.el.svg.path(
            d="M186 32l13 5v9c0 8-5 13-13 16c-8-3-13-8-13-16v-9z",
            style={"fill": "var(--om-ok-tint)", "stroke": "var(--om-ok)", "strokeWidth": "2"},
        ),
        rx.el.svg.path(
            d="M180.500 47l4 4 7-8",
            style={"stroke": "var(--om-ok)", "strokeWidth": "2", "fill": "none", "strokeLinecap": "round"},
        ),
    )


def _picture(*shapes: rx.Component) -> rx.Component:
    return rx.el.svg(
        *shapes,
        view_box=f"0 0 {_WIDTH} {_HEIGHT}",
        custom_attrs={"preserveAspectRatio": "xMidYMid meet"},
        aria_hidden="true",
    )
