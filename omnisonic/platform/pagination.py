"""Pages of a list, newest first, by an opaque cursor over (created_at, id)."""

from __future__ import annotations

import base64
import binascii
import struct
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, TypeVar
from uuid import UUID

from fastapi import Depends, Query
from sqlalchemy import tuple_
from sqlmodel import Session
from sqlmodel.sql.expression import SelectOfScalar

from omnisonic.platform.errors import FieldError, InvalidFields
from omnisonic.platform.orm import Row

DEFAULT_LIMIT = 50
MAX_LIMIT = 200
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
CURSOR_FORM = struct.Struct(">q16s")  # microseconds since 1970, id

RowT = TypeVar("RowT", bound=Row)
LineT = TypeVar("LineT")


@dataclass(frozen=True)
class Cursor:
    """The last row of the page before."""

    created_at: datetime
    id: UUID


@dataclass(frozen=True)
class Page:
    """Which part of a list the caller wants."""

    limit: int = DEFAULT_LIMIT
    after: Cursor | None = None


def encode_cursor(created_at: datetime, row_id: UUID) -> str:
    """The opaque text that stands for a row's place in its list."""
    microseconds = (created_at - EPOCH) // timedelta(microseconds=1)
    return base64.urlsafe_b64encode(CURSOR_FORM.pack(microseconds, row_id.bytes)).decode()


def decode_cursor(text: str | None) -> Cursor | None:
    """The place that `text` stands for; None for the first page. Raises `InvalidFields`."""
    if not text:
        return None
    try:
        raw = base64.b64decode(text, altchars=b"-_", validate=True)
        microseconds, row_id = CURSOR_FORM.unpack(raw)
        return Cursor(EPOCH + timedelta(microseconds=microseconds), UUID(bytes=row_id))
    except (binascii.Error, struct.error, ValueError, OverflowError):
        message = "Use the `nextCursor` of the page before, or leave it out for the first page."
        raise InvalidFields(errors=[FieldError("cursor", "bad-cursor", message)]) from None


def fetch_page(
    session: Session, statement: SelectOfScalar[RowT], table: type[RowT], *, page: Page
) -> tuple[list[RowT], str | None]:
    """Rows of `statement` on this page, newest first, and the cursor of the next page or None."""
    place: Any = tuple_(table.created_at, table.id)
    if page.after is not None:
        statement = statement.where(place < (page.after.created_at, page.after.id))
    created_at: Any = table.created_at
    row_id: Any = table.id
    ordered = statement.order_by(created_at.desc(), row_id.desc()).limit(page.limit + 1)
    rows = list(session.exec(ordered).all())
    if len(rows) <= page.limit:
        return rows, None
    last = rows[page.limit - 1]
    return rows[: page.limit], encode_cursor(last.created_at, last.id)


def as_far_as(shown: int, read: Callable[[str], tuple[list[LineT], str]]) -> tuple[list[LineT], str]:
    """A list anew, as far as it was opened: pages until there are at least `shown` rows, and the cursor.

    `read(cursor)` gives a page and the cursor of the next one, empty at the end.
    """
    rows, cursor = read("")
    while cursor and len(rows) < shown:
        more, cursor = read(cursor)
        rows = [*rows, *more]
    return rows, cursor


def _page(
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT, description="Rows of one page.")] = DEFAULT_LIMIT,
    cursor: Annotated[
        str | None, Query(max_length=100, description="`nextCursor` of the page before.")
    ] = None,
) -> Page:
    return Page(limit=limit, after=decode_cursor(cursor))


PageQuery = Annotated[Page, Depends(_page)]
