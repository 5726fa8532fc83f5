"""Reported recordings that the catalog does not know: found again by what was reported, and waited for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from omnisonic.core.royalties.models import MatchStatus
from omnisonic.core.royalties.usage_rules import CheckedUsage
from omnisonic.platform.ids import new_id, utc_now

_FOLD = text("""
    SELECT left(catalog_fold(words), 340) FROM unnest(CAST(:texts AS text[])) WITH ORDINALITY
        AS given (words, place) ORDER BY place
""")
_ADD = text("""
    INSERT INTO unmatched_usage (id, created_at, source, match_key, isrc, title, artist, status, version)
    SELECT id::uuid, :now, source, match_key, isrc, title, artist, 'open', 1
    FROM unnest(CAST(:ids AS text[]), CAST(:sources AS text[]), CAST(:keys AS text[]), CAST(:isrcs AS text[]),
                CAST(:titles AS text[]), CAST(:artists AS text[]))
        AS given (id, source, match_key, isrc, title, artist)
    ON CONFLICT (source, match_key) DO NOTHING
""")
# Shared: whoever decides about one of them waits until this booking is done, and then sees its events.
_HOLD = text("""
    SELECT id, source, match_key, status, recording_id FROM unmatched_usage
    WHERE (source, match_key) IN (
        SELECT * FROM unnest(CAST(:sources AS text[]), CAST(:keys AS text[]))
    )
    ORDER BY source, match_key FOR SHARE
""")


@dataclass(frozen=True)
class Reported:
    """The row of the queue for a reported recording, and the recording confirmed for it."""

    id: UUID
    recording_id: UUID | None


def hold_reported(session: Session, usages: Sequence[CheckedUsage]) -> list[Reported]:
    """The queue's row for each usage, made where it is new; in the order given."""
    if not usages:
        return []
    keys = _match_keys(session, usages)
    first = {(usage.source, key): usage for usage, key in zip(reversed(usages), reversed(keys), strict=True)}
    wanted = sorted(first)
    sources, names = [one[0] for one in wanted], [one[1] for one in wanted]
    found = _hold(session, sources, names)
    missing = [one for one in wanted if one not in found]
    if missing:
        _add(session, [(one, first[one]) for one in missing])
        found = _hold(session, sources, names)
    return [found[usage.source, key] for usage, key in zip(usages, keys, strict=True)]


def _match_keys(session: Session, usages: Sequence[CheckedUsage]) -> list[str]:
    texts = [part for usage in usages for part in (usage.title or "", usage.artist or "")]
    folded = session.scalars(_FOLD, {"texts": texts}).all()
    return [
        f"isrc:{usage.isrc}" if usage.isrc else f"title:{folded[2 * at]}|{folded[2 * at + 1]}"
        for at, usage in enumerate(usages)
    ]


def _hold(session: Session, sources: list[str], keys: list[str]) -> dict[tuple[str, str], Reported]:
    rows = session.execute(_HOLD, {"sources": sources, "keys": keys})
    return {
        (row.source, row.match_key): Reported(
            row.id, row.recording_id if row.status == MatchStatus.MATCHED else None
        )
        for row in rows
    }


def _add(session: Session, new: Iterable[tuple[tuple[str, str], CheckedUsage]]) -> None:
    rows = list(new)
    session.execute(
        _ADD,
        {
            "now": utc_now(),
            "ids": [str(new_id()) for _ in rows],
            "sources": [source for (source, _), _ in rows],
            "keys": [key for (_, key), _ in rows],
            "isrcs": [usage.isrc for _, usage in rows],
            "titles": [usage.title for _, usage in rows],
            "artists": [usage.artist for _, usage in rows],
        },
    )
