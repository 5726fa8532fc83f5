"""What pydantic finds becomes sentences for people."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, Literal

import pytest
from pydantic import Field, ValidationError, field_validator

from omnisonic.platform.errors import InvalidFields, Malformed, NotFound
from omnisonic.platform.schemas import ApiModel
from omnisonic.platform.web.validation import explain_validation


class Color(StrEnum):
    RED = "red"
    BLUE = "blue"


class Request(ApiModel):
    name: Annotated[str, Field(min_length=1, max_length=3)]
    gain_db: Annotated[float, Field(ge=-60, le=12)] = 0.0
    count: int = 0
    color: Color = Color.RED
    kind: Literal["a", "b"] = "a"

    @field_validator("count")
    @classmethod
    def _even(cls, value: int) -> int:
        if value % 2:
            raise ValueError("Must be even.")
        return value


def explain(body: Any) -> Any:
    with pytest.raises(ValidationError) as caught:
        Request.model_validate(body)
    findings = [{**one, "loc": ("body", *one["loc"])} for one in caught.value.errors()]
    return explain_validation(findings)


@pytest.mark.parametrize(
    ("body", "field", "code", "message"),
    [
        ({}, "name", "required", "This is required."),
        ({"name": ""}, "name", "string-too-short", "Must have at least 1 characters."),
        ({"name": "four"}, "name", "string-too-long", "Must have at most 3 characters."),
        ({"name": "a", "gainDb": 13}, "gainDb", "less-than-equal", "Must be 12.0 or less."),
        ({"name": "a", "gainDb": float("nan")}, "gainDb", "finite-number", "Must be a finite number."),
        ({"name": "a", "count": "x"}, "count", "int-parsing", "Must be a whole number."),
        ({"name": "a", "count": 3}, "count", "value-error", "Must be even."),
        ({"name": "a", "color": "green"}, "color", "enum", "Must be one of 'red' or 'blue'."),
        ({"name": "a", "kind": "c"}, "kind", "literal-error", "Must be one of 'a' or 'b'."),
        ({"name": "a", "other": 1}, "other", "extra-forbidden", "There is no field of this name here."),
    ],
)
def test_each_finding_names_the_field_and_what_it_accepts(
    body: dict[str, Any], field: str, code: str, message: str
) -> None:
    error = explain(body)
    assert isinstance(error, InvalidFields)
    assert [(one.field, one.code, one.message) for one in error.errors] == [(field, code, message)]


def test_a_body_that_is_no_object_is_malformed() -> None:
    findings = [{"type": "missing", "loc": ("body",), "msg": "Field required", "input": None}]
    assert isinstance(explain_validation(findings), Malformed)


def test_a_path_without_an_id_is_a_thing_that_does_not_exist() -> None:
    findings = [{"type": "uuid_parsing", "loc": ("path", "session_id"), "msg": "…", "ctx": {"error": "…"}}]
    assert isinstance(explain_validation(findings), NotFound)


def test_the_list_of_findings_is_bounded() -> None:
    error = explain({"name": "a", **{f"field{n}": 1 for n in range(500)}})
    assert len(error.errors) == 50
