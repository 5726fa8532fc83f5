"""How the names of a release read together. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from omnisonic.core.catalog.recordings import MAX_ARTIST_CHARS


def read_together(names: Sequence[str], *, max_chars: int = MAX_ARTIST_CHARS) -> str:
    """`Ana`, `Ana & Ben`, `Ana, Ben & Cleo`; what does not fit is counted: `Ana, Ben and 12 others`."""
    names = list(dict.fromkeys(names))
    whole = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} & {names[-1]}"
    if len(whole) <= max_chars:
        return whole
    for kept in range(len(names) - 1, 0, -1):
        line = f"{', '.join(names[:kept])} and {len(names) - kept} others"
        if len(line) <= max_chars:
            return line
    return whole[:max_chars]
