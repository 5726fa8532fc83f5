"""The filters of pages as they stand in an address: what they mean, and links with one of them changed."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode

from pydantic import ValidationError

from omnisonic.insight.parameters import DEFAULT_DAYS, AnalyticsParameters
from omnisonic.platform.errors import InvalidFields

MAX_QUERY_CHARS = 2000
MAX_FIELDS = 40
# In this order in every address, so that the same view always has the same one.
FIELDS = ("from", "to", "days", "entityType", "entityId", "genre", "source", "count", "depth")
RANGES = (
    ("1", "Last 24 hours"),
    ("7", "Last 7 days"),
    ("30", "Last 30 days"),
    ("90", "Last 90 days"),
    ("365", "Last 12 months"),
)
CUSTOM = "custom"
TOGETHER = {"from": ("from", "to"), "to": ("from", "to"), "entityId": ("entityId",)}


def read_query(query: str) -> dict[str, str]:
    """The filters that a query string names, also empty ones; other names and repetitions are left out."""
    try:
        pairs = parse_qsl(query[:MAX_QUERY_CHARS], keep_blank_values=True, max_num_fields=MAX_FIELDS)
    except ValueError:
        return {}
    return {name: value for name, value in reversed(pairs) if name in FIELDS}


def read_filter(values: Mapping[str, str]) -> tuple[AnalyticsParameters, dict[str, str]]:
    """What filters mean, and those of them that can be meant: what cannot is left out, never an error."""
    kept = dict(values)
    while True:
        try:
            asked = AnalyticsParameters.model_validate(kept)
            asked.filter()
        except ValidationError as error:
            wrong = {str(one["loc"][0]) for one in error.errors() if one["loc"]}
        except InvalidFields as error:
            wrong = {name for one in error.errors for name in TOGETHER.get(one.field, (one.field,))}
            wrong |= {"entityId"} if "entityType" in wrong else set()
        else:
            return asked, kept
        if not wrong & kept.keys():
            return AnalyticsParameters(), {}
        kept = {name: value for name, value in kept.items() if name not in wrong}


def write_query(values: Mapping[str, str], **changes: str | None) -> str:
    """A query string with some filters changed; None takes one away."""
    wanted: dict[str, str | None] = {**values, **changes}
    if wanted.get("days") is not None and "days" in changes:
        wanted = {**wanted, "from": None, "to": None}
    if wanted.get("from") is not None and "from" in changes:
        wanted["days"] = None
    if wanted.get("days") == str(DEFAULT_DAYS):
        wanted["days"] = None
    found = {name: wanted.get(name) for name in FIELDS}
    return urlencode({name: value for name, value in found.items() if value is not None})


def with_query(path: str, query: str) -> str:
    """A path with a query, if there is one."""
    return f"{path}?{query}" if query else path


def range_choice(values: Mapping[str, str]) -> str:
    """Which of the choices of the range this is: a number of days, or `custom`."""
    if "from" in values or "to" in values:
        return CUSTOM
    days = values.get("days", str(DEFAULT_DAYS))
    return days if days in dict(RANGES) else CUSTOM
