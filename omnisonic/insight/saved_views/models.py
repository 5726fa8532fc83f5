"""Filters of /trends and /analytics that an account keeps under a name."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from omnisonic.platform.orm import Row, enum_field, timestamp_field

MAX_VIEW_NAME_CHARS = 100
MAX_VIEW_QUERY_CHARS = 2000


class ViewPage(StrEnum):
    """Pages whose filters can be kept."""

    TRENDS = "trends"
    ANALYTICS = "analytics"


class SavedView(Row, table=True):
    """`query` is the query string of the page's address, without the question mark."""

    __tablename__ = "saved_views"
    __table_args__ = (UniqueConstraint("user_id", "page", "name", name="uq_saved_views_user_page_name"),)

    user_id: UUID = Field(foreign_key="users.id", ondelete="CASCADE")
    page: ViewPage = enum_field(ViewPage)
    name: str = Field(max_length=MAX_VIEW_NAME_CHARS)
    query: str = Field(max_length=MAX_VIEW_QUERY_CHARS)
    updated_at: datetime = timestamp_field()
