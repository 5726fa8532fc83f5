"""Figures for the browser: a few kilobytes of names, numbers and looks, without layout. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from omnisonic.insight.analytics.schemas import GenreShare, GenreShares, MentionSeries, Network, Series
from omnisonic.insight.charts.palette import DASHES, OTHER_COLOR, SYMBOLS, color_of, looks_of
from omnisonic.insight.store.buckets import STEPS, BucketSize

Figure = dict[str, Any]

MAX_SLICES = 6
UNKNOWN_GENRE = "Genre not known"
TYPE_COLORS = {"artist": "--om-track-1", "work": "--om-track-3", "recording": "--om-track-4"}


def entity_key(entity_type: str, entity_id: object) -> str:
    """`artist:…`, as in the network."""
    return f"{entity_type}:{entity_id}"


def line_figure(found: MentionSeries) -> Figure:
    """Lines over time: `starts` once, then a name, a look and values per line."""
    looks = looks_of(entity_key(one.entity_type, one.entity_id) for one in found.series)
    return {
        "kind": "line",
        "starts": [_moment(start) for start in found.starts],
        "ends": _moment(found.starts[-1] + STEPS[found.bucket]),
        "labels": [bucket_words(start, found.bucket) for start in found.starts],
        "bucket": str(found.bucket),
        "isLastComplete": found.is_last_complete,
        "noun": str(found.count),
        "lines": [_line(one, looks[entity_key(one.entity_type, one.entity_id)]) for one in found.series],
    }


def _line(one: Series, look: int) -> Figure:
    return {
        "key": entity_key(one.entity_type, one.entity_id),
        "name": one.name,
        "detail": one.detail,
        "href": f"/entities/{one.entity_type}/{one.entity_id}",
        "color": color_of(look),
        "dash": DASHES[look],
        "symbol": SYMBOLS[look],
        "total": one.total,
        "values": one.values,
    }


def genre_figure(found: GenreShares) -> Figure:
    """At most six genres and the rest together; those of unknown genre are shown, never dropped."""
    first, rest = _slices(found.genres)
    looks = looks_of(one.genre for one in first)
    shown = [
        {
            "key": one.genre,
            "name": one.genre or UNKNOWN_GENRE,
            "color": color_of(looks[one.genre]) if one.genre else OTHER_COLOR,
            "value": getattr(one, found.count.value),
            "share": round(one.share, 4),
        }
        for one in first
    ]
    if rest:
        shown.append(
            {
                "key": None,
                "name": f"{len(rest)} others",
                "color": OTHER_COLOR,
                "value": sum(getattr(one, found.count.value) for one in rest),
                "share": round(sum(one.share for one in rest), 4),
            }
        )
    return {"kind": "share", "noun": str(found.count), "slices": shown}


def _slices(genres: Sequence[GenreShare]) -> tuple[Sequence[GenreShare], Sequence[GenreShare]]:
    return (genres, ()) if len(genres) <= MAX_SLICES + 1 else (genres[:MAX_SLICES], genres[MAX_SLICES:])


def network_figure(found: Network) -> Figure:
    """Places from -1 to 1, and edges by their places in the list of nodes.

    Entities whose edges are all among those that were cut are left out: they would float alone.
    """
    ends = {end for edge in found.edges for end in (edge.a, edge.b)} | {found.center}
    nodes = [node for node in found.nodes if node.id in ends]
    places = {node.id: place for place, node in enumerate(nodes)}
    return {
        "kind": "network",
        "center": places[found.center],
        "isCut": found.is_cut or len(nodes) < len(found.nodes),
        "nodes": [
            {
                "key": node.id,
                "name": node.name,
                "detail": node.detail,
                "type": str(node.entity_type),
                "color": TYPE_COLORS[node.entity_type],
                "stories": node.stories,
                "hops": node.hops,
                "x": round(node.x, 3),
                "y": round(node.y, 3),
            }
            for node in nodes
        ],
        "edges": [
            {
                "a": places[edge.a],
                "b": places[edge.b],
                "kind": edge.kind,
                "label": edge.label,
                "stories": edge.stories,
                "npmi": edge.npmi,
            }
            for edge in found.edges
        ],
    }


def bucket_words(start: datetime, size: BucketSize) -> str:
    """A bucket in words, in UTC: `21 Nov, 14:00`, `21 Nov 2026`, `week of 16 Nov 2026`."""
    if size is BucketSize.HOUR:
        return f"{start.day} {start:%b, %H:%M}"
    day = f"{start.day} {start:%b %Y}"
    return f"week of {day}" if size is BucketSize.WEEK else day


def spark_points(values: Sequence[int], *, width: int, height: int) -> str:
    """Points of an SVG polyline that fills a box with a margin of 1; a flat line at its foot for nothing."""
    if not values:
        return ""
    most = max(*values, 1)
    step = (width - 2) / max(1, len(values) - 1)
    return " ".join(
        f"{1 + place * step:.1f},{height - 1 - value / most * (height - 2):.1f}"
        for place, value in enumerate(values)
    )


def _moment(value: datetime) -> str:
    return value.strftime("%Y-%m-%dT%H:%M:%SZ")
