"""The entities around one of them: by the catalog's credits, and named in the same stories."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from sqlmodel import Session

from omnisonic.insight.analytics.credits import CreditEdge, credits_around
from omnisonic.insight.analytics.layout import lay_out
from omnisonic.insight.analytics.schemas import EdgeView, EntityView, Network, NodeView
from omnisonic.insight.analytics.service import freshness, range_of
from omnisonic.insight.entities import UNKNOWN, name_entities
from omnisonic.insight.store.filters import EntityRef, MentionFilter
from omnisonic.insight.store.mentions import NOTHING, count_by_entity
from omnisonic.insight.store.together import Pair, pairs_among, pairs_around
from omnisonic.platform.errors import NotFound

MAX_NODES, MAX_EDGES = 150, 400
MAX_CENTERS = 25  # entities of one ring that are followed further
MAX_PAIRS = 400


@dataclass
class Growing:
    """The network as it grows, ring by ring."""

    hops: dict[EntityRef, int]
    credits: dict[tuple[EntityRef, EntityRef], CreditEdge] = field(default_factory=dict)
    is_cut: bool = False

    def add(self, candidates: Iterable[EntityRef], *, hops: int) -> list[EntityRef]:
        """Take in those that are new, in order, while there is room."""
        new: list[EntityRef] = []
        for one in candidates:
            if one in self.hops:
                continue
            if len(self.hops) >= MAX_NODES:
                self.is_cut = True
                break
            self.hops[one] = hops
            new.append(one)
        return new


def entity_network(session: Session, *, chosen: MentionFilter, center: EntityRef, depth: int = 1) -> Network:
    """At most 150 entities within `depth` (1–3) steps and their 400 strongest edges; always the same.

    The genre, source and range of `chosen` restrict what counts as named together, not the credits.
    Raises `NotFound` for an entity that the catalog does not have.
    """
    named = name_entities(session, [center])[center]
    if named.name == UNKNOWN:
        raise NotFound("The catalog has no such artist, work or recording.")
    everything = _about_all(chosen)
    growing = Growing({center: 0})
    ring = [center]
    for hops in range(1, depth + 1):
        growing.is_cut = growing.is_cut or len(ring) > MAX_CENTERS
        ring = _grow(session, growing, everything, ring[:MAX_CENTERS], hops=hops)
        if not ring:
            break
    pairs = pairs_among(everything, entities=list(growing.hops), limit=MAX_PAIRS)
    return _view(session, chosen=everything, center=center, depth=depth, growing=growing, pairs=pairs)


def _grow(
    session: Session, growing: Growing, chosen: MentionFilter, ring: list[EntityRef], *, hops: int
) -> list[EntityRef]:
    found = credits_around(session, ring)
    pairs = pairs_around(chosen, centers=ring, limit=MAX_PAIRS)
    strongest = sorted(pairs, key=lambda pair: (-pair.stories, -pair.npmi, pair.first, pair.second))
    # Turn by turn, so that neither a long discography nor a busy week fills all the room.
    from_credits = [end for edge in found for end in (edge.first, edge.second)]
    from_news = [end for pair in strongest for end in (pair.first, pair.second)]
    new = growing.add(_alternating(from_credits, from_news), hops=hops)
    for edge in found:
        if edge.first in growing.hops and edge.second in growing.hops:
            growing.credits[edge.first, edge.second] = edge
    return new


def _alternating(first: list[EntityRef], second: list[EntityRef]) -> list[EntityRef]:
    mixed: list[EntityRef] = []
    for place in range(max(len(first), len(second))):
        mixed += [*first[place : place + 1], *second[place : place + 1]]
    return mixed


def _view(
    session: Session,
    *,
    chosen: MentionFilter,
    center: EntityRef,
    depth: int,
    growing: Growing,
    pairs: list[Pair],
) -> Network:
    edges = _edges(growing, pairs)
    places = lay_out(
        [node_id(one) for one in growing.hops],
        [(edge.a, edge.b, _strength(edge)) for edge in edges],
        center=node_id(center),
    )
    names = name_entities(session, growing.hops)
    counts = count_by_entity(chosen.about(*growing.hops), limit=MAX_NODES)
    nodes = [
        NodeView(
            **EntityView.of(names[one]).model_dump(by_alias=False),
            id=node_id(one),
            stories=counts.get(one, NOTHING).stories,
            mentions=counts.get(one, NOTHING).mentions,
            hops=hops,
            x=places[node_id(one)][0],
            y=places[node_id(one)][1],
        )
        for one, hops in growing.hops.items()
    ]
    is_cut = growing.is_cut or len(edges) > MAX_EDGES or len(pairs) >= MAX_PAIRS
    return Network(
        range=range_of(chosen),
        center=node_id(center),
        depth=depth,
        nodes=nodes,
        edges=edges[:MAX_EDGES],
        is_cut=is_cut,
        freshness=freshness(session),
    )


def node_id(ref: EntityRef) -> str:
    """`artist:…`, the same everywhere."""
    return f"{ref.entity_type}:{ref.entity_id}"


def _edges(growing: Growing, pairs: list[Pair]) -> list[EdgeView]:
    """Credits first, then what is named together, the strongest first."""
    credit = [
        EdgeView(
            a=node_id(edge.first),
            b=node_id(edge.second),
            kind="credit",
            label=edge.label,
            stories=0,
            npmi=None,
        )
        for edge in sorted(growing.credits.values(), key=lambda edge: (edge.first, edge.second))
    ]
    together = [
        EdgeView(
            a=node_id(pair.first),
            b=node_id(pair.second),
            kind="mention",
            label="named together",
            stories=pair.stories,
            npmi=round(pair.npmi, 4),
        )
        for pair in sorted(pairs, key=lambda pair: (-pair.stories, -pair.npmi, pair.first, pair.second))
    ]
    return [*credit[: MAX_EDGES // 2], *together, *credit[MAX_EDGES // 2 :]]


def _strength(edge: EdgeView) -> float:
    return 1.0 if edge.npmi is None else 0.2 + max(edge.npmi, 0.0)


def _about_all(chosen: MentionFilter) -> MentionFilter:
    """Without the entity and its type: the others around it count as well."""
    return replace(chosen, entities=(), entity_type=None)
