"""Base of every JSON shape: camelCase outside, snake_case inside, unknown fields refused."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, field_validator
from pydantic.alias_generators import to_camel


class ApiModel(BaseModel):
    """A request or an answer. Times are written as ISO 8601 UTC with `Z`."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        populate_by_name=True,
        serialize_by_alias=True,
        from_attributes=True,
        extra="forbid",
        str_strip_whitespace=True,
        allow_inf_nan=False,
    )

    @field_validator("*")
    @classmethod
    def _no_null_characters(cls, value: Any) -> Any:
        # PostgreSQL stores no U+0000 in text.
        if isinstance(value, str) and "\x00" in value:
            raise ValueError("Must not hold the null character.")
        return value


class Ok(ApiModel):
    """The answer of an action that has nothing to show."""

    ok: bool = True
