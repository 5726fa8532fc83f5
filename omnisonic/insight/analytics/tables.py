"""The same figures as rows: for CSV files, tables beside charts, and reports."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from omnisonic.insight.analytics.schemas import GenreShares, MentionSeries, Network, SourceTable
from omnisonic.platform.schemas import ApiModel

ALL = "all"


@dataclass(frozen=True, kw_only=True)
class Table:
    """A header and its rows."""

    header: tuple[str, ...]
    rows: list[list[Any]]


def mentions_table(found: MentionSeries) -> Table:
    """One row per bucket and line; the line of everything has no entity."""
    header = ("start", "bucket", "count", "entityType", "entityId", "name", "value")
    lines: list[tuple[str, str, str, list[int]]] = [(ALL, "", "", found.all)]
    lines += [(one.entity_type, str(one.entity_id), one.name, one.values) for one in found.series]
    rows = [
        [_moment(start), found.bucket, found.count, kind, entity_id, name, value]
        for kind, entity_id, name, values in lines
        for start, value in zip(found.starts, values, strict=True)
    ]
    return Table(header=header, rows=rows)


def genres_table(found: GenreShares) -> Table:
    """One row per genre."""
    return _table(("genre", "stories", "mentions", "share"), found.genres)


def sources_table(found: SourceTable) -> Table:
    """One row per outlet."""
    header = ("source", "tier", "stories", "mentions", "entities", "share", "items", "distinctStories")
    return _table((*header, "linkedShare", "linksPerItem", "medianDelayS", "opens"), found.sources)


def network_table(found: Network) -> Table:
    """One row per edge, with both ends."""
    header = ("aType", "aId", "aName", "bType", "bId", "bName", "kind", "label", "stories", "npmi")
    nodes = {node.id: node for node in found.nodes}
    rows = []
    for edge in found.edges:
        ends = [nodes[edge.a], nodes[edge.b]]
        cells = [cell for end in ends for cell in (end.entity_type, end.entity_id, end.name)]
        rows.append([*cells, edge.kind, edge.label, edge.stories, edge.npmi])
    return Table(header=header, rows=rows)


def _table(header: tuple[str, ...], rows: Iterator[ApiModel] | list[Any]) -> Table:
    dumped = [row.model_dump(by_alias=True, mode="json") for row in rows]
    return Table(header=header, rows=[[row[name] for name in header] for row in dumped])


def _moment(value: Any) -> str:
    return str(value.strftime("%Y-%m-%dT%H:%M:%SZ"))
