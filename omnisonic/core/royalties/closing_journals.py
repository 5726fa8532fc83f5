"""What a closing knows of its journals: the place of their lines, how often they count a use, payees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple, Self
from uuid import UUID

from sqlmodel import Session

from omnisonic.core.ledger.copying_arrays import copy_arrays, sortable
from omnisonic.core.ledger.copying_binary import ID_LENGTH, NULL_CELL, cell, read_cells
from omnisonic.core.ledger.line_leaves import PlaceWords
from omnisonic.core.royalties import closing_sql as sql
from omnisonic.platform.ids import id_text

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

PayeeMoney = tuple[UUID, str]  # contributor, currency
_COLUMNS = (("journal", "V16"), ("place", ">i8"), ("quantity", ">i8"))


class Place(NamedTuple):
    """What the lines of one place have in common: as a leaf says it, and as binary COPY has it."""

    words: PlaceWords
    cells: bytes

    @classmethod
    def of(cls, cells: Sequence[bytes | None]) -> Self:
        """From the cells of a row of `PLACES` after the first."""
        recording_id, *use = cells
        words, copied = _kind_of_use(*use)
        if recording_id is None:
            return cls(words, NULL_CELL + copied)
        return cls(words.of_recording(id_text(recording_id)), ID_LENGTH + recording_id + copied)


@lru_cache(maxsize=10_000)  # places differ by their recording most of all
def _kind_of_use(*cells: bytes | None) -> tuple[PlaceWords, bytes]:
    """What the places of a source, use, territory and month have in common."""
    source, usage_type, territory, period = (one.decode() if one is not None else None for one in cells)
    words = PlaceWords.of(
        source=source or "", usage_type=usage_type, territory=territory, period=period or ""
    )
    return words, b"".join(map(cell, cells))


@dataclass(frozen=True)
class Journals:
    """Journals in the order of their ids, with the number of their place; payees by their accounts."""

    ids: npt.NDArray[np.bytes_]
    place_of: npt.NDArray[np.int32]
    quantity_of: npt.NDArray[np.int64]
    places: Sequence[Place]
    payees: Sequence[PayeeMoney]
    payee_of: dict[bytes, int]
    counted_before: npt.NDArray[np.int64]  # `pair` of journal and payee

    def find(self, ids: npt.NDArray[Any]) -> npt.NDArray[np.intp]:
        """Where journals stand in here; -1 for those that are none of the lines'."""
        import numpy as np  # here: what only answers requests need not have it

        if not len(self.ids):
            return np.full(len(ids), -1)
        wanted = sortable(ids)
        found = np.minimum(np.searchsorted(self.ids, wanted), len(self.ids) - 1)
        return np.where(self.ids[found] == wanted, found, -1)


def pair(journals: npt.NDArray[Any], payees: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
    """A journal's and a payee's number in one."""
    import numpy as np

    return journals.astype(np.int64) << 32 | payees.astype(np.int64)


def read_journals(session: Session, cycle_id: UUID) -> Journals:
    """Sort the journals of a cycle into places, numbered in the order of the lines."""
    import numpy as np

    rows = _sort_journals(session, cycle_id)
    read = _read_all(session)
    ids = sortable(read["journal"])
    order = np.argsort(ids)
    accounts = session.execute(sql.PAYEES).all()
    payee_of = {account.id.bytes: number for number, account in enumerate(accounts)}
    counted = session.execute(sql.COUNTED_BEFORE).all()
    counted_ids = np.array([row.journal_id.bytes for row in counted], "S16")
    return Journals(
        ids=ids[order],
        place_of=_numbers(b"".join(row[0] or b"" for row in rows), read["place"][order]),
        quantity_of=read["quantity"][order].astype(np.int64),
        places=[Place.of(row[1:]) for row in rows],
        payees=[(UUID(account.owner), account.currency) for account in accounts],
        payee_of=payee_of,
        counted_before=pair(
            np.searchsorted(ids, counted_ids, sorter=order),
            np.array([payee_of[row.account_id.bytes] for row in counted], np.int64),
        ),
    )


def _sort_journals(session: Session, cycle_id: UUID) -> list[list[bytes | None]]:
    """Rows of the places, as cells. Where two have one hash, all are hashed again with another seed."""
    seed = 0
    while True:
        for statement in sql.SORT_JOURNALS:
            session.execute(statement, {"cycle_id": cycle_id, "seed": seed})
        rows = list(read_cells(session.connection(), sql.PLACES))
        if len({row[0] for row in rows}) == len(rows):
            return rows
        seed += 1


def _read_all(session: Session) -> dict[str, npt.NDArray[Any]]:
    """Every journal's row, by the column."""
    import numpy as np

    pieces: list[npt.NDArray[Any]] = []
    copy_arrays(session, sql.JOURNALS, _COLUMNS, pieces.append)
    empty = {name: np.empty(0, code) for name, code in _COLUMNS}
    return {name: np.concatenate([empty[name], *(piece[name] for piece in pieces)]) for name in empty}


def _numbers(hashes: bytes, wanted: npt.NDArray[Any]) -> npt.NDArray[np.int32]:
    """Where each wanted hash stands among these, 8 bytes each."""
    import numpy as np

    known = np.frombuffer(hashes, ">i8").astype(np.int64)
    order = np.argsort(known)
    return order[np.searchsorted(known, wanted.astype(np.int64), sorter=order)].astype(np.int32)
