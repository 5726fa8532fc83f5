"""The shares of a what-if question as they are typed: one group for each right that has shares. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from omnisonic.core.catalog.models import RightsType
from omnisonic.core.catalog.role_words import OTHER_RIGHTS, percent_words, right_words
from omnisonic.core.catalog.shares import ppm_of_percent
from omnisonic.core.royalties.money_words import USE_WORDS
from omnisonic.core.royalties.policy import RIGHT_OF_USAGE, PartyShare
from omnisonic.core.royalties.what_if_schemas import WhatIfShare

EVERY = ""  # shares that count for each right without shares of its own
MAX_PARTIES = 40
MAX_PERCENT_CHARS = 12


@dataclass
class ShareRow:
    """One party of the question; `percent` is text as it is typed."""

    id: str
    name: str
    percent: str


@dataclass
class RightShares:
    """The shares of one right, or of every right without shares of its own."""

    right: str
    title: str
    note: str
    rows: list[ShareRow] = field(default_factory=list)


def groups_of(shares: Iterable[PartyShare], names: Mapping[UUID, str]) -> list[RightShares]:
    """What a work has now, the shares of every right first; somebody with two roles has one row."""
    sums: Counter[tuple[str, UUID]] = Counter()
    for one in shares:
        sums[str(one.rights_type or EVERY), one.contributor_id] += one.share_ppm
    rows: dict[str, list[ShareRow]] = {EVERY: []}
    for (right, party), share_ppm in sums.items():
        percent = percent_words(share_ppm).removesuffix(" %")
        rows.setdefault(right, []).append(ShareRow(str(party), names[party], percent))
    return _titled(rows)


def change_percent(
    groups: Sequence[RightShares], right: str, party_id: str, percent: str
) -> list[RightShares]:
    """Another share of a party."""
    typed = percent[:MAX_PERCENT_CHARS]
    return [
        replace(one, rows=[replace(row, percent=typed) if row.id == party_id else row for row in one.rows])
        if one.right == right
        else one
        for one in groups
    ]


def add_party(groups: Sequence[RightShares], right: str, party_id: str, name: str) -> list[RightShares]:
    """One more party of a right, with nothing yet; once only."""

    def has_room(one: RightShares) -> bool:
        return len(one.rows) < MAX_PARTIES and all(row.id != party_id for row in one.rows)

    row = ShareRow(party_id, name[:200], "0")
    return [
        replace(one, rows=[*one.rows, row]) if one.right == right and has_room(one) else one for one in groups
    ]


def add_right(groups: Sequence[RightShares], right: str) -> list[RightShares]:
    """Shares of its own for a right, to begin with those that count for it now."""
    if right not in dict(rights_left(groups)):
        return list(groups)
    rows = {one.right: one.rows for one in groups}
    return _titled(rows | {right: [replace(row) for row in rows.get(EVERY, [])]})


def drop_right(groups: Sequence[RightShares], right: str) -> list[RightShares]:
    """No shares of its own any more: those of every right count for it."""
    return _titled({one.right: one.rows for one in groups if one.right != right or right == EVERY})


def rights_left(groups: Sequence[RightShares]) -> list[list[str]]:
    """Rights without shares of their own, to choose from: value and words."""
    taken = {one.right for one in groups}
    return [[str(right), right_words(right)] for right in RightsType if str(right) not in taken]


def typed_shares(groups: Sequence[RightShares]) -> list[WhatIfShare] | None:
    """The shares as the question has them; None where one cannot be read.

    A right with shares of its own that are all nothing keeps one of them: its money then is nobody's.
    """
    found: list[WhatIfShare] = []
    for group in groups:
        right = RightsType(group.right) if group.right else None
        own = []
        for row in group.rows:
            share_ppm = ppm_of_percent(row.percent.strip().rstrip("%").strip().replace(",", "."))
            if share_ppm is None:
                return None
            own.append(WhatIfShare(contributor_id=UUID(row.id), share_ppm=share_ppm, rights_type=right))
        found += [one for one in own if one.share_ppm] or (own[:1] if right else [])
    return found


def _titled(rows: Mapping[str, list[ShareRow]]) -> list[RightShares]:
    is_alone = len(rows) == 1
    groups = []
    for right in (EVERY, *map(str, RightsType)):
        if right in rows:
            title = right_words(right or None) if right or is_alone else OTHER_RIGHTS
            groups.append(RightShares(right, title, _uses(right), rows[right]))
    return groups


def _uses(right: str) -> str:
    return ", ".join(words for use, words in USE_WORDS.items() if RIGHT_OF_USAGE[use] == right)
