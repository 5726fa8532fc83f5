"""Scalars and enums of the schema, and how ids are read."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import graphene
from graphql import GraphQLError, IntValueNode, StringValueNode, value_from_ast_untyped

from omnisonic.core.catalog.models import RightsType as RightsTypeValue
from omnisonic.core.licenses.models import LicenseStatus as LicenseStatusValue
from omnisonic.insight.news import EntityType as EntityTypeValue
from omnisonic.insight.news import LinkMethod
from omnisonic.platform.errors import FieldError, InvalidFields

JSON_DEPTH_MAX = 32
BIG_INT_LIMIT = 2**63
_DIGITS = re.compile(r"-?[0-9]{1,19}").fullmatch
RightsType = graphene.Enum.from_enum(RightsTypeValue, description="The rights a share or a license is about.")
LicenseStatus = graphene.Enum.from_enum(
    LicenseStatusValue, description="Where a license stands; only active ones exclude others."
)
EntityType = graphene.Enum.from_enum(EntityTypeValue, description="What a link from the news leads to.")
TaggingMethod = graphene.Enum.from_enum(
    LinkMethod, name="TaggingMethod", description="How a link from the news was found."
)


class DateTime(graphene.Scalar):
    """A time as ISO 8601 with its zone; answers are UTC with `Z`."""

    @staticmethod
    def serialize(value: datetime) -> str:
        """As clients get it."""
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")

    @staticmethod
    def parse_value(value: Any) -> datetime:
        """From a variable."""
        if not isinstance(value, str):
            raise GraphQLError("A DateTime is text such as 2026-01-01T00:00:00Z.")
        try:
            found = datetime.fromisoformat(value)
        except ValueError:
            raise GraphQLError("A DateTime is text such as 2026-01-01T00:00:00Z.") from None
        if found.tzinfo is None:
            raise GraphQLError("Give the DateTime with its zone, for example 2026-01-01T00:00:00Z.")
        return found

    @classmethod
    def parse_literal(cls, node: Any, _variables: Any = None) -> datetime:
        """From the query's text."""
        return cls.parse_value(node.value if isinstance(node, StringValueNode) else None)


class BigInt(graphene.Scalar):
    """64-bit integer as a string (sequence numbers, counters)"""

    @staticmethod
    def serialize(value: int) -> str:
        """As clients get it: JavaScript's numbers lose digits above 2^53."""
        return str(value)

    @staticmethod
    def parse_value(value: Any) -> int:
        """From a variable: text of digits, or a number."""
        is_number = isinstance(value, int) and not isinstance(value, bool)
        if not is_number and not (isinstance(value, str) and _DIGITS(value)):
            raise GraphQLError('A BigInt is text of digits such as "9007199254740993".')
        if not -BIG_INT_LIMIT <= int(value) < BIG_INT_LIMIT:
            raise GraphQLError("A BigInt has 64 bits.")
        return int(value)

    @classmethod
    def parse_literal(cls, node: Any, _variables: Any = None) -> int:
        """From the query's text."""
        return cls.parse_value(node.value if isinstance(node, StringValueNode | IntValueNode) else None)


class JSON(graphene.Scalar):
    """Any JSON value."""

    @staticmethod
    def serialize(value: Any) -> Any:
        """As stored."""
        return value

    @staticmethod
    def parse_value(value: Any) -> Any:
        """From a variable."""
        _require_shallow(value, JSON_DEPTH_MAX)
        return value

    @classmethod
    def parse_literal(cls, node: Any, variables: Any = None) -> Any:
        """From the query's text."""
        return cls.parse_value(value_from_ast_untyped(node, variables))


def read_id(value: str, *, field: str = "id") -> UUID:
    """The id of an argument. Raises `InvalidFields`."""
    try:
        return UUID(value)
    except ValueError:
        message = "An id is a UUID."
        raise InvalidFields(message, errors=[FieldError(field, "uuid", message)]) from None


def find_id(value: str | None) -> str | None:
    """The id in its usual spelling, or None for text that can be nobody's id."""
    try:
        return str(UUID(value)) if value is not None else None
    except ValueError:
        return None


def _require_shallow(value: Any, levels: int) -> None:
    if levels == 0:
        raise GraphQLError(f"This JSON nests deeper than {JSON_DEPTH_MAX} levels.")
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        _require_shallow(part, levels - 1)
