"""ISRCs of releases: kept when a mix is asked for, so that the file carries it, used once it is registered.

Source: IFPI ISRC Handbook, 4th edition: prefix of five characters, year of reference, designation of five
digits that is never used twice. What a failed or canceled mix had kept goes to the next release.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session, col, select

from omnisonic.core.catalog import repository
from omnisonic.core.catalog.fields import clean_identifier, refuse
from omnisonic.core.catalog.identifiers import taken_by
from omnisonic.core.catalog.models import IdentifierScheme
from omnisonic.core.identifiers import Scheme
from omnisonic.core.releases.errors import IsrcKept, IsrcNeeded, IsrcYearFull
from omnisonic.core.releases.models import LAST_DESIGNATION, IsrcReservation
from omnisonic.platform.db import UnitOfWork
from omnisonic.platform.settings import get_settings


def reserve_isrc(uow: UnitOfWork, *, holder_id: UUID, year: int, given: str | None = None) -> str:
    """Keep an ISRC for a mix: the one given, else the next of ISRC_PREFIX in `year` (of four digits).

    Raises `IsrcNeeded`, `IsrcYearFull`, `InvalidIdentifier`, `IdentifierTaken` naming the recording that
    has it, `IsrcKept`, and `InvalidFields` for one that would be given out here.
    """
    own = check_isrc(uow.session, given)
    if own is not None:
        uow.session.add(IsrcReservation(isrc=own, holder_id=holder_id))
        uow.session.flush()
        return own
    prefix = get_settings().isrc_prefix
    if prefix is None:
        raise IsrcNeeded
    return _next_of(uow.session, prefix, year, holder_id)


def check_isrc(session: Session, given: str | None) -> str | None:
    """The compact form of an ISRC that could be kept now; None for blanks. Raises as `reserve_isrc`."""
    own = clean_identifier(Scheme.ISRC, given)
    if own is not None:
        _require_free(session, own, get_settings().isrc_prefix)
    return own


def reserved_isrc(session: Session, *, holder_id: UUID) -> str | None:
    """The ISRC kept for a mix, or None."""
    return session.exec(select(IsrcReservation.isrc).where(IsrcReservation.holder_id == holder_id)).first()


def free_isrc(uow: UnitOfWork, *, holder_id: UUID) -> None:
    """Give back what was kept for a mix that ended without a file; one of ours goes to the next release."""
    kept = _kept(uow.session, holder_id)
    if kept is None:
        return
    if kept.is_ours:
        kept.holder_id = None
    else:
        uow.session.delete(kept)
    uow.session.flush()


def use_isrc(uow: UnitOfWork, *, holder_id: UUID) -> str:
    """The ISRC kept for a mix, for good. Raises `IdentifierTaken` when the catalog has it by now."""
    kept = _kept(uow.session, holder_id)
    if kept is None:
        raise LookupError(f"No ISRC is kept for {holder_id}.")
    holder = repository.find_by_identifier(uow.session, IdentifierScheme.ISRC, kept.isrc)
    if holder is not None:
        raise taken_by(holder, IdentifierScheme.ISRC, kept.isrc)
    uow.session.delete(kept)
    uow.session.flush()
    return kept.isrc


def _kept(session: Session, holder_id: UUID) -> IsrcReservation | None:
    return session.exec(
        select(IsrcReservation).where(IsrcReservation.holder_id == holder_id).with_for_update()
    ).first()


def _require_free(session: Session, isrc: str, prefix: str | None) -> None:
    if prefix is not None and isrc.startswith(prefix):
        message = f"ISRCs that begin with {prefix} are given out here. Leave the field empty to get the next."
        raise refuse("isrc", "ours", message)
    holder = repository.find_by_identifier(session, IdentifierScheme.ISRC, isrc)
    if holder is not None:
        raise taken_by(holder, IdentifierScheme.ISRC, isrc)
    if session.exec(select(IsrcReservation).where(col(IsrcReservation.isrc) == isrc)).first() is not None:
        raise IsrcKept


def _next_of(session: Session, prefix: str, year: int, holder_id: UUID) -> str:
    """The lowest one that is free; who asks at the same time waits for the row of the year."""
    stem = f"{prefix}{year % 100:02}"
    key = {"prefix": prefix, "year": year}
    session.execute(_OPEN_YEAR, key)
    last = int(session.scalar(_LOCK_YEAR, key) or 0)
    chosen = session.scalar(_LOWEST_FREE, {"stem": stem, "last": last, "end": LAST_DESIGNATION})
    if chosen is None:
        raise IsrcYearFull(f"All {LAST_DESIGNATION:,} ISRCs of {prefix} in {year} are given out.")
    session.execute(_COUNT_YEAR, {**key, "last": max(last, int(chosen[-5:]))})
    session.execute(_KEEP, {"isrc": chosen, "holder": holder_id})
    return str(chosen)


_OPEN_YEAR = text(
    "INSERT INTO isrc_years (prefix, year, last) VALUES (:prefix, :year, 0) ON CONFLICT DO NOTHING"
)
_LOCK_YEAR = text("SELECT last FROM isrc_years WHERE prefix = :prefix AND year = :year FOR UPDATE")
_COUNT_YEAR = text("UPDATE isrc_years SET last = :last WHERE prefix = :prefix AND year = :year")
_KEEP = text(
    "INSERT INTO isrc_reservations (isrc, holder_id, is_ours) VALUES (:isrc, :holder, true)"
    " ON CONFLICT (isrc) DO UPDATE SET holder_id = excluded.holder_id"
)
# What the catalog has (someone may have registered it by hand) is passed over.
_LOWEST_FREE = text(
    """
    SELECT isrc FROM (
        SELECT isrc FROM isrc_reservations
        WHERE holder_id IS NULL AND is_ours AND starts_with(isrc, :stem)
        UNION ALL
        SELECT :stem || lpad(number::text, 5, '0') FROM generate_series(:last + 1, :end) AS number
    ) AS free
    WHERE NOT EXISTS (SELECT 1 FROM recordings WHERE recordings.isrc = free.isrc)
      AND NOT EXISTS (SELECT 1 FROM identifiers WHERE scheme = 'isrc' AND value = free.isrc)
      AND NOT EXISTS (SELECT 1 FROM isrc_reservations AS kept
                      WHERE kept.isrc = free.isrc AND kept.holder_id IS NOT NULL)
    ORDER BY isrc
    LIMIT 1
    """
)
