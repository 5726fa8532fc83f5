"""Exchange rates by source and day: only ever added to, so that a past exchange can be computed again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import tuple_
from sqlmodel import Session, col, select

from omnisonic.core.money import BadMoney, parse_currency
from omnisonic.core.royalties.access import require_curator
from omnisonic.core.royalties.case_leaves import log_rates
from omnisonic.core.royalties.changes import announce
from omnisonic.core.royalties.errors import NoExchangeRate, RatesFileRefused
from omnisonic.core.royalties.exchange import BadRate, StatedRate, format_rate, parse_rate
from omnisonic.core.royalties.exchange_rates_file import read_rates
from omnisonic.core.royalties.exchange_rates_schemas import (
    MAX_SOURCE_CHARS,
    RateDraft,
    RateList,
    RatesSaved,
    RateView,
)
from omnisonic.core.royalties.models import FxRate
from omnisonic.platform.actor import Actor
from omnisonic.platform.db import UnitOfWork
from omnisonic.platform.errors import FieldError, InvalidFields
from omnisonic.platform.ids import utc_now
from omnisonic.platform.named_locks import take_lock
from omnisonic.platform.pagination import Page, fetch_page

RATES_LOCK = "royalties:rates"
FIRST_DAY = date(1970, 1, 1)
ERRORS_SHOWN_MAX = 200
_AT_ONCE = 1000
_Key = tuple[str, str, date, str]  # base, quote, day, source


@dataclass(frozen=True)
class ChosenRate:
    """The rate that counts for a day; `is_inverse`: it is stated the other way round."""

    stated: StatedRate
    is_inverse: bool


def add_rates(uow: UnitOfWork, actor: Actor, *, drafts: Sequence[RateDraft]) -> RatesSaved:
    """Save rates, all or none. One that stands there with the same rate changes nothing.

    Raises `Forbidden` unless a curator; `InvalidFields`, each error naming `rates.<n>.<field>`.
    """
    require_curator(actor)
    saved = _save(uow, actor, [(f"rates.{at}", draft) for at, draft in enumerate(drafts)])
    if isinstance(saved, list):
        raise InvalidFields(f"Nothing was saved. {saved[0].message}", errors=saved[:ERRORS_SHOWN_MAX])
    return saved


def upload_rates(uow: UnitOfWork, actor: Actor, *, content: bytes, source: str | None = None) -> RatesSaved:
    """Save the rates of a CSV file, all or none; `source` where the file does not name one.

    Raises `Forbidden`, `TooLarge`, `RatesFileRefused` (each error names `rows.<n>.<column>`), and what
    `sniff` raises for a file that is no text.
    """
    require_curator(actor)
    saved = _save(uow, actor, read_rates(content, source=source))
    if isinstance(saved, list):
        raise RatesFileRefused(f"Nothing was saved. {saved[0].message}", errors=saved[:ERRORS_SHOWN_MAX])
    return saved


def list_rates(
    session: Session,
    _actor: Actor,
    *,
    page: Page,
    base: str | None = None,
    quote: str | None = None,
    source: str | None = None,
) -> RateList:
    """Rates, newest entries first. Every account may see by which rates money is exchanged."""
    statement = select(FxRate)
    for column, wanted in ((FxRate.base, base), (FxRate.quote, quote), (FxRate.source, source)):
        if wanted:
            statement = statement.where(col(column) == wanted)
    rows, cursor = fetch_page(session, statement, FxRate, page=page)
    return RateList(rates=[RateView.model_validate(row) for row in rows], next_cursor=cursor)


def find_rate(
    session: Session,
    *,
    base: str,
    quote: str,
    day: date,
    sources: Sequence[str] = (),
    allow_inverse: bool = False,
) -> ChosenRate | None:
    """The newest rate on or before a day, from the first of `sources` that has one; without sources: any.

    A rate stated the other way round counts only with `allow_inverse`, and after a direct one.
    """
    for source in sources or (None,):
        if found := _newest(session, base, quote, day, source):
            return ChosenRate(found, is_inverse=False)
        if allow_inverse and (found := _newest(session, quote, base, day, source)):
            return ChosenRate(found, is_inverse=True)
    return None


def get_rate(
    session: Session,
    *,
    base: str,
    quote: str,
    day: date,
    sources: Sequence[str] = (),
    allow_inverse: bool = False,
) -> ChosenRate:
    """As `find_rate`; raises `NoExchangeRate`."""
    found = find_rate(session, base=base, quote=quote, day=day, sources=sources, allow_inverse=allow_inverse)
    if found is None:
        by = f" from {' or '.join(sources)}" if sources else ""
        raise NoExchangeRate(f"There is no rate from {base} to {quote} on or before {day}{by}.")
    return found


def _newest(session: Session, base: str, quote: str, day: date, source: str | None) -> StatedRate | None:
    statement = (
        select(FxRate)
        .where(FxRate.base == base, FxRate.quote == quote, FxRate.day <= day)
        .order_by(col(FxRate.day).desc(), col(FxRate.source))
        .limit(1)
    )
    if source is not None:
        statement = statement.where(FxRate.source == source)
    row = session.exec(statement).first()
    return StatedRate(row.base, row.quote, row.day, row.rate, row.source, row.id) if row else None


def _save(
    uow: UnitOfWork, actor: Actor, placed: Sequence[tuple[str, RateDraft]]
) -> RatesSaved | list[FieldError]:
    errors: list[FieldError] = []
    wanted: dict[_Key, tuple[str, StatedRate]] = {}
    for place, draft in placed:
        checked = _check(place, draft)
        if isinstance(checked, list):
            errors += checked
            continue
        earlier = wanted.setdefault(_key(checked), (place, checked))[1]
        if earlier.rate != checked.rate:
            errors.append(_other_rate(place, checked, earlier))
    if errors:
        return errors
    take_lock(uow.session, RATES_LOCK)
    known = _known(uow.session, list(wanted))
    for key, (place, stated) in wanted.items():
        if key in known and known[key].rate != stated.rate:
            errors.append(_other_rate(place, stated, known[key]))
    if errors:
        return errors
    fresh = [stated for key, (_, stated) in wanted.items() if key not in known]
    rows = [
        FxRate(
            base=one.base,
            quote=one.quote,
            day=one.day,
            rate=one.rate,
            source=one.source,
            created_by=actor.user_id,
        )
        for one in fresh
    ]
    uow.session.add_all(rows)
    uow.session.flush()
    log_rates(uow, rows)
    if rows:
        announce(uow)
    return RatesSaved(added=len(fresh), unchanged=len(placed) - len(fresh))


def _check(place: str, draft: RateDraft) -> StatedRate | list[FieldError]:
    errors: list[FieldError] = []
    codes = []
    for field, text in (("base", draft.base), ("quote", draft.quote)):
        try:
            codes.append(parse_currency(text))
        except BadMoney as error:
            errors.append(FieldError(f"{place}.{field}", str(error.problem), error.message))
    if len(codes) == 2 and codes[0] == codes[1]:
        errors.append(FieldError(f"{place}.quote", "same", "A rate is between two different currencies."))
    try:
        rate = parse_rate(draft.rate)
    except BadRate as error:
        errors.append(FieldError(f"{place}.rate", "bad-rate", str(error)))
    day = _day(f"{place}.day", draft.day, errors)
    if not 1 <= len(draft.source) <= MAX_SOURCE_CHARS:
        message = f"Name the source of the rate in 1 to {MAX_SOURCE_CHARS} characters."
        errors.append(FieldError(f"{place}.source", "required", message))
    return errors or StatedRate(codes[0], codes[1], day, rate, draft.source)


def _day(place: str, text: str, errors: list[FieldError]) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        errors.append(FieldError(place, "bad-date", f"“{text[:40]}” is no day. Write it as 2026-03-31."))
        return FIRST_DAY
    if not FIRST_DAY <= day <= utc_now().date() + timedelta(days=1):
        errors.append(FieldError(place, "range", "A rate is of a day since 1970 that has begun."))
    return day


def _known(session: Session, keys: Sequence[_Key]) -> dict[_Key, StatedRate]:
    place = tuple_(col(FxRate.base), col(FxRate.quote), col(FxRate.day), col(FxRate.source))
    known: dict[_Key, StatedRate] = {}
    for start in range(0, len(keys), _AT_ONCE):
        for row in session.exec(select(FxRate).where(place.in_(keys[start : start + _AT_ONCE]))):
            stated = StatedRate(row.base, row.quote, row.day, row.rate, row.source)
            known[_key(stated)] = stated
    return known


def _key(stated: StatedRate) -> _Key:
    return stated.base, stated.quote, stated.day, stated.source


def _other_rate(place: str, wanted: StatedRate, known: StatedRate) -> FieldError:
    message = (
        f"{known.source} has {format_rate(known.rate)} for {known.base}/{known.quote} on {known.day}. "
        f"A rate is never changed; give {format_rate(wanted.rate)} under another source."
    )
    return FieldError(f"{place}.rate", "other-rate", message)
