"""What the members agree on: the shares, their sum and the hash that each of them accepts. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from omnisonic.core.catalog.models import WHOLE_PPM, ContributionRole
from omnisonic.core.catalog.role_words import percent_words
from omnisonic.core.catalog.shares import split_evenly
from omnisonic.platform.errors import FieldError
from omnisonic.studio.audio.canonical_json import canonical_bytes, sha256_hex
from omnisonic.studio.split_sheets.errors import SplitTotal

FIRST_ROLE = ContributionRole.COMPOSER_LYRICIST  # a song that its members wrote together


@dataclass(frozen=True)
class AgreedShare:
    """One part: whose, under which name, for what, how much in ppm."""

    user_id: UUID
    name: str
    role: ContributionRole
    share_ppm: int


@dataclass(frozen=True)
class Agreement:
    """A version of a sheet as its parties accept it."""

    sheet_id: UUID
    session_id: UUID
    version: int
    title: str
    note: str | None
    shares: Sequence[AgreedShare]

    def shares_json(self) -> list[dict[str, Any]]:
        """The parts as the hash and the history of versions have them."""
        return [
            {"user": str(one.user_id), "name": one.name, "role": str(one.role), "ppm": one.share_ppm}
            for one in self.shares
        ]

    def sha256(self) -> str:
        """SHA-256 in hex of the agreement as JSON with one spelling (RFC 8785)."""
        return sha256_hex(
            canonical_bytes(
                {
                    "v": 1,
                    "sheet": str(self.sheet_id),
                    "session": str(self.session_id),
                    "version": self.version,
                    "title": self.title,
                    "note": self.note,
                    "shares": self.shares_json(),
                }
            )
        )


def share_evenly(people: Sequence[tuple[UUID, str]]) -> list[AgreedShare]:
    """Everyone the same part, in the order given; what cannot be divided goes to the lowest ids."""
    parts = split_evenly([str(user_id) for user_id, _ in people])
    return [
        AgreedShare(user_id, name, FIRST_ROLE, share_ppm)
        for (user_id, name), share_ppm in zip(people, parts, strict=True)
    ]


def check_shares(shares: Sequence[AgreedShare]) -> None:
    """Raise `SplitTotal` unless the parts are the whole, none is empty and nobody has a role twice."""
    seen: set[tuple[UUID, str]] = set()
    for one in shares:
        if not 0 < one.share_ppm <= WHOLE_PPM:
            raise _refuse(f"{one.name} needs a share above 0 % and up to 100 %.")
        if (one.user_id, one.role) in seen:
            raise _refuse(f"{one.name} is given twice as {one.role}. Add the shares together.")
        seen.add((one.user_id, one.role))
    rest = WHOLE_PPM - sum(one.share_ppm for one in shares)
    if rest > 0:
        raise _refuse(f"{percent_words(rest)} are missing.")
    if rest < 0:
        raise _refuse(f"This is {percent_words(-rest)} more than there is.")


def _refuse(message: str) -> SplitTotal:
    return SplitTotal(message, errors=[FieldError("shares", "total", message)])
