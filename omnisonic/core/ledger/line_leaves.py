"""Canonical bytes of statement lines, put together out of parts: there may be millions. Pure.

What all lines of a statement or of a place have in common is written once. The bytes are those of `canonical`
for the same object.
"""

from __future__ import annotations

import json
from typing import NamedTuple

from omnisonic.core.ledger.leaves import LEAF_VERSION, SCALE


class StatementWords(NamedTuple):
    """What the lines of one statement say alike: texts that stand between what differs."""

    after_amount: str
    after_count: str
    after_id: str
    statement: str

    @classmethod
    def of(cls, *, statement_id: str, cycle_id: str, party: str, currency: str, at: str) -> StatementWords:
        """`party` is the party hash in hex, `at` an `instant`."""
        return cls(
            after_amount=f'","at":"{at}","count":"',
            after_count=f'","currency":"{currency}","cycle":"{cycle_id}","id":"',
            after_id=f'","kind":"line","party":"{party}","period":"',
            statement=statement_id,
        )


class PlaceWords(NamedTuple):
    """What the lines of one recording, source, use, territory and month say alike."""

    period: str
    after_quantity: str
    after_root: str
    after_statement: str

    @classmethod
    def of(cls, *, source: str, usage_type: str | None, territory: str | None, period: str) -> PlaceWords:
        """Without a recording, which `of_recording` sets; `period` is a month, 2026-03."""
        return cls(
            period=f'{period}","position":',
            after_quantity='","recording":null,"root":"',
            after_root=f'","scale":{SCALE},"source":{_quoted(source)},"statement":"',
            after_statement=f'","territory":{_quoted(territory)},"usage":{_quoted(usage_type)},'
            f'"v":{LEAF_VERSION},"work":',
        )

    def of_recording(self, recording_id: str | None) -> PlaceWords:
        """The same of a recording."""
        recording = f'"{recording_id}"' if recording_id else "null"
        return PlaceWords(
            self.period, f'","recording":{recording},"root":"', self.after_root, self.after_statement
        )


def line_leaf(
    statement: StatementWords,
    place: PlaceWords,
    *,
    line_id: str,
    position: int,
    amount_nano: int,
    entry_count: int,
    quantity: int,
    entries_root: bytes,
    work_id: str | None,
) -> bytes:
    """One line: the sum of its entries, and the root over their leaf hashes in leaf order."""
    work = f'"{work_id}"' if work_id else "null"
    return (
        f'{{"amount":"{amount_nano}{statement.after_amount}{entry_count}{statement.after_count}{line_id}'
        f'{statement.after_id}{place.period}{position},"quantity":"{quantity}{place.after_quantity}'
        f"{entries_root.hex()}{place.after_root}{statement.statement}{place.after_statement}{work}}}"
    ).encode()


def _quoted(value: str | None) -> str:
    return json.dumps(value, ensure_ascii=False)
