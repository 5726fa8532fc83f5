"""Which statements a curator looks at: read from the address and written to it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from omnisonic.core.money import EXPONENTS
from omnisonic.platform.ids import parse_id

ADDRESS = "/royalties"


@dataclass(frozen=True)
class StatementFilter:
    """A party, a cycle and a currency; None leaves all in."""

    party: UUID | None = None
    cycle: UUID | None = None
    currency: str | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing is left out."""
        return self == StatementFilter()

    @property
    def parts(self) -> dict[str, str]:
        """What is chosen, as text under the names of the address."""
        given = {"party": self.party, "cycle": self.cycle, "currency": self.currency}
        return {name: str(value) for name, value in given.items() if value is not None}

    def address(self, **changes: str) -> str:
        """The page under this filter with some parts changed; an empty text takes a part away."""
        wanted = read_filter(self.parts | changes)
        return f"{ADDRESS}?{urlencode({'tab': 'statements'} | wanted.parts)}"


def read_filter(query: Mapping[str, str]) -> StatementFilter:
    """The filter an address asks for; what cannot be read leaves all in."""
    code = query.get("currency", "").upper()
    return StatementFilter(
        party=parse_id(query.get("party", "")),
        cycle=parse_id(query.get("cycle", "")),
        currency=code if code in EXPONENTS else None,
    )
