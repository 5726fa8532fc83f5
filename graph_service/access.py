"""Which root fields need what: most the scopes of the graph, royalties their own, the public log nothing."""

from __future__ import annotations

from typing import Final

from omnisonic.platform.actor import Scope

PUBLIC_FIELDS: Final = frozenset(
    {
        "cycleCheckpoint",
        "cycleCheckpoints",
        "inclusionProof",
        "consistencyProof",
        "cycleCheckpointClosed",
    }
)
ROYALTY_FIELDS: Final = frozenset(
    {
        "ledgerEntries",
        "recomputeMerkleRoot",
        "statement",
        "recordUsage",
        "closeCycle",
        "ledgerEntryCreated",
    }
)


def scope_of(field: str, *, is_mutation: bool) -> Scope:
    """The scope that a token needs for a root field."""
    if field in ROYALTY_FIELDS:
        return Scope.ROYALTIES_WRITE if is_mutation else Scope.ROYALTIES_READ
    return Scope.GRAPH_WRITE if is_mutation else Scope.GRAPH_READ
