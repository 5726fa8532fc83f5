"""Shapes of saved views."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import parse_qsl
from uuid import UUID

from pydantic import Field, field_validator

from omnisonic.insight.saved_views.models import MAX_VIEW_NAME_CHARS, MAX_VIEW_QUERY_CHARS, ViewPage
from omnisonic.platform.schemas import ApiModel

MAX_FIELDS = 40


class SavedViewDraft(ApiModel):
    """A page's filters under a name; saving the name again replaces them."""

    page: ViewPage
    name: str = Field(min_length=1, max_length=MAX_VIEW_NAME_CHARS)
    query: str = Field(max_length=MAX_VIEW_QUERY_CHARS)

    @field_validator("query")
    @classmethod
    def _is_a_query(cls, value: str) -> str:
        if any(letter in value for letter in "#\r\n") or value.startswith(("?", "/")):
            raise ValueError("Give the part of the address after the question mark.")
        parse_qsl(value, strict_parsing=bool(value), max_num_fields=MAX_FIELDS)
        return value


class SavedViewView(ApiModel):
    """A saved view."""

    id: UUID
    page: ViewPage
    name: str
    query: str
    created_at: datetime
    updated_at: datetime


class SavedViewAnswer(ApiModel):
    """One saved view."""

    view: SavedViewView


class SavedViewList(ApiModel):
    """The caller's views by name; an account has at most 100."""

    views: list[SavedViewView]
