"""The outlets of the demo. None exists: their domains end in `.example` (RFC 2606)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Outlet:
    """An invented outlet: how it signs its headlines and how many hours it is behind the first."""

    slug: str
    name: str
    domain: str
    tier: int
    genre: str
    suffix: str
    delay_hours: tuple[float, float]


OUTLETS = (
    Outlet("tideline", "Tideline Review", "tideline-review.example", 1, "", "", (0.0, 3.0)),
    Outlet("second-verse", "Second Verse", "secondverse.example", 1, "", " | Second Verse", (0.5, 5.0)),
    Outlet("patchbay", "Patchbay", "patchbay.example", 1, "Electronic", "", (0.5, 9.0)),
    Outlet(
        "blue-hour", "Blue Hour Jazz", "bluehourjazz.example", 1, "Jazz", " – Blue Hour Jazz", (1.0, 12.0)
    ),
    Outlet("rights-desk", "The Rights Desk", "rightsdesk.example", 1, "", " | The Rights Desk", (2.0, 10.0)),
    Outlet(
        "morning-ledger",
        "The Morning Ledger",
        "morningledger.example",
        2,
        "",
        " - The Morning Ledger",
        (3.0, 14.0),
    ),
    Outlet("harbor-herald", "Harbor Herald", "harborherald.example", 2, "", " - Harbor Herald", (4.0, 18.0)),
    Outlet("attic-tapes", "Attic Tapes", "attictapes.example", 3, "Indie folk", "", (6.0, 30.0)),
)
BY_SLUG = {outlet.slug: outlet for outlet in OUTLETS}
