"""Relay connections: pages of at most a hundred with opaque cursors."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from uuid import UUID

import graphene

from graph_service.limits import PAGE_MAX
from omnisonic.platform.errors import FieldError, InvalidFields
from omnisonic.platform.pagination import Page, decode_cursor, encode_cursor


class PageInfo(graphene.ObjectType):
    """Where a page lies in its list."""

    has_next_page = graphene.Boolean(required=True)
    has_previous_page = graphene.Boolean(required=True)
    start_cursor = graphene.String()
    end_cursor = graphene.String()


class EdgeRow:
    """A row in its place; the cursor is made when it is asked for."""

    __slots__ = ("node",)

    def __init__(self, node: Any) -> None:
        self.node = node

    @property
    def cursor(self) -> str:
        """The opaque text that stands for this place: its sort key and its id."""
        return encode_cursor(self.node.created_at, UUID(self.node.id))


class PageRow:
    """One page of rows, newest or best first; it is its own `pageInfo`."""

    __slots__ = ("count", "edges", "has_next_page", "has_previous_page")

    def __init__(
        self, rows: Sequence[Any], *, has_next: bool, page: Page, count: Callable[[], Awaitable[int]]
    ) -> None:
        self.edges = [EdgeRow(row) for row in rows]
        self.has_next_page = has_next
        self.has_previous_page = page.after is not None
        self.count = count

    @property
    def start_cursor(self) -> str | None:
        """Cursor of the first row."""
        return self.edges[0].cursor if self.edges else None

    @property
    def end_cursor(self) -> str | None:
        """Cursor of the last row: `after` for the next page."""
        return self.edges[-1].cursor if self.edges else None


def connection_of(node: type[graphene.ObjectType]) -> type[graphene.ObjectType]:
    """The connection type of a node type, with its edge."""
    name = node._meta.name
    edge = type(
        f"{name}Edge",
        (graphene.ObjectType,),
        {
            "__doc__": f"A {name} and its place in the list.",
            "cursor": graphene.String(required=True),
            "node": graphene.Field(node, required=True),
        },
    )
    return type(
        f"{name}Connection",
        (graphene.ObjectType,),
        {
            "__doc__": f"A page of a list of {name}s.",
            "edges": graphene.List(graphene.NonNull(edge), required=True),
            "page_info": graphene.Field(PageInfo, required=True),
            "total_count": graphene.Int(required=True),
            "resolve_page_info": lambda page, _info: page,
            "resolve_total_count": lambda page, _info: page.count(),
        },
    )


def page_arguments(default: int) -> dict[str, Any]:
    """`first` and `after`."""
    return {
        "first": graphene.Argument(graphene.Int, default_value=default),
        "after": graphene.Argument(graphene.String),
    }


def read_page(first: int | None, after: str | None, *, default: int) -> Page:
    """The page that the arguments ask for. Raises `InvalidFields`."""
    limit = default if first is None else first
    if not 0 <= limit <= PAGE_MAX:
        message = f"`first` is 0 to {PAGE_MAX}."
        raise InvalidFields(message, errors=[FieldError("first", "range", message)])
    try:
        return Page(limit, decode_cursor(after))
    except InvalidFields as error:
        message = "Use the `endCursor` of the page before, or leave it out for the first page."
        raise InvalidFields(errors=[FieldError("after", "bad-cursor", message)]) from error
