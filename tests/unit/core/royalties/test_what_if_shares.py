"""The shares of a what-if question: each right of the work is there, and what is typed is what is asked."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from omnisonic.core.catalog.models import RightsType
from omnisonic.core.royalties.what_if_schemas import WhatIfShare
from omnisonic.core.royalties.what_if_shares import (
    RightShares,
    add_party,
    add_right,
    change_percent,
    drop_right,
    groups_of,
    rights_left,
    typed_shares,
)

ANN, BOB, EVE = (UUID(int=number) for number in (1, 2, 3))
NAMES = {ANN: "Ann", BOB: "Bob", EVE: "Eve"}
MASTER, PERFORMANCE = RightsType.MASTER, RightsType.PERFORMANCE


@dataclass(frozen=True)
class Share:
    contributor_id: UUID
    share_ppm: int
    rights_type: RightsType | None = None


def work() -> list[RightShares]:
    return groups_of(
        [
            Share(ANN, 333_333),
            Share(ANN, 166_667),
            Share(BOB, 500_000),
            Share(EVE, 1_000_000, MASTER),
        ],
        NAMES,
    )


def test_every_right_with_shares_is_a_group() -> None:
    found = [(one.title, [(row.name, row.percent) for row in one.rows]) for one in work()]
    assert found == [
        ("All other rights", [("Ann", "50"), ("Bob", "50")]),
        ("Master", [("Eve", "100")]),
    ]
    assert [one.title for one in groups_of([], {})] == ["Every right"]
    assert work()[1].note.startswith("Streams, Downloads")
    assert [words for _, words in rights_left(work())] == ["Mechanical", "Performance", "Synchronization"]


def test_what_is_typed_is_asked() -> None:
    groups = add_right(work(), "PERFORMANCE")
    groups = change_percent(groups, "PERFORMANCE", str(BOB), "0")
    groups = change_percent(groups, "PERFORMANCE", str(ANN), "33,3333 %")
    groups = add_party(add_party(groups, "PERFORMANCE", str(EVE), "Eve"), "PERFORMANCE", str(ANN), "Ann")
    groups = change_percent(groups, "PERFORMANCE", str(EVE), "66.6667")
    assert typed_shares(groups) == [
        WhatIfShare(contributor_id=ANN, share_ppm=500_000),
        WhatIfShare(contributor_id=BOB, share_ppm=500_000),
        WhatIfShare(contributor_id=ANN, share_ppm=333_333, rights_type=PERFORMANCE),
        WhatIfShare(contributor_id=EVE, share_ppm=666_667, rights_type=PERFORMANCE),
        WhatIfShare(contributor_id=EVE, share_ppm=1_000_000, rights_type=MASTER),
    ]
    assert typed_shares(change_percent(groups, "", str(ANN), "half")) is None
    assert drop_right(groups, "PERFORMANCE") == work()
    assert add_right(work(), "MASTER") == add_right(work(), "x") == drop_right(work(), "") == work()


def test_a_right_that_nobody_has_stays_nobodys() -> None:
    groups = change_percent(work(), "MASTER", str(EVE), "0")
    shares = typed_shares(groups)
    assert shares is not None
    assert shares[-1] == WhatIfShare(contributor_id=EVE, share_ppm=0, rights_type=MASTER)
