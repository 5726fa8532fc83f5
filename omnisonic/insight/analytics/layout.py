"""Where the places of a network go: the same for the same network, on every machine."""

from __future__ import annotations

from collections.abc import Sequence

SEED = 20_261_121
ROUNDS = 60
Place = tuple[float, float]


def lay_out(
    nodes: Sequence[str], edges: Sequence[tuple[str, str, float]], *, center: str
) -> dict[str, Place]:
    """A place within -1…1 for each node by the forces of its edges, with `center` in the middle.

    Source: Fruchterman and Reingold 1991, Graph Drawing by Force-directed Placement.
    """
    import networkx  # half a second: only who draws a network pays for it

    graph = networkx.Graph()
    graph.add_nodes_from(sorted(nodes))
    for first, second, strength in sorted(edges):
        if not graph.has_edge(first, second) or graph[first][second]["weight"] < strength:
            graph.add_edge(first, second, weight=strength)
    if len(nodes) == 1:
        return {nodes[0]: (0.0, 0.0)}
    found = networkx.spring_layout(graph, seed=SEED, iterations=ROUNDS, weight="weight")
    left, top = (float(value) for value in found[center])
    moved = {node: (float(x) - left, float(y) - top) for node, (x, y) in found.items()}
    widest = max(max(abs(x), abs(y)) for x, y in moved.values()) or 1.0
    return {node: (round(x / widest, 4), round(y / widest, 4)) for node, (x, y) in moved.items()}
