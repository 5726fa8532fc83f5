"""Turns pydantic's findings into sentences that tell a person what a field accepts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from omnisonic.platform.errors import FieldError, InvalidFields, Malformed, NotFound, OmnisonicError

ERRORS_SHOWN = 50
WHOLE_BODY = {"missing", "model_attributes_type", "model_type", "dict_type", "list_type"}
SENTENCES = {
    "missing": "This is required.",
    "extra_forbidden": "There is no field of this name here.",
    "string_type": "Must be text.",
    "string_too_short": "Must have at least {min_length} characters.",
    "string_too_long": "Must have at most {max_length} characters.",
    "string_pattern_mismatch": "Does not have the expected form.",
    "int_type": "Must be a whole number.",
    "int_parsing": "Must be a whole number.",
    "int_from_float": "Must be a whole number.",
    "int_parsing_size": "This number is too large.",
    "float_type": "Must be a number.",
    "float_parsing": "Must be a number.",
    "finite_number": "Must be a finite number.",
    "bool_type": "Must be true or false.",
    "bool_parsing": "Must be true or false.",
    "greater_than": "Must be more than {gt}.",
    "greater_than_equal": "Must be {ge} or more.",
    "less_than": "Must be less than {lt}.",
    "less_than_equal": "Must be {le} or less.",
    "literal_error": "Must be one of {expected}.",
    "enum": "Must be one of {expected}.",
    "uuid_type": "Must be an id (a UUID).",
    "uuid_parsing": "Must be an id (a UUID).",
    "too_short": "Must have at least {min_length} entries.",
    "too_long": "Must have at most {max_length} entries.",
    "list_type": "Must be a list.",
    "dict_type": "Must be an object.",
    "model_type": "Must be an object.",
    "model_attributes_type": "Must be an object.",
    "datetime_type": "Must be a time such as 2026-05-01T12:00:00Z.",
    "datetime_parsing": "Must be a time such as 2026-05-01T12:00:00Z.",
    "datetime_from_date_parsing": "Must be a time such as 2026-05-01T12:00:00Z.",
    "timezone_aware": "Must say its time zone, such as 2026-05-01T12:00:00Z.",
    "date_from_datetime_parsing": "Must be a date such as 2026-05-01.",
}


def explain_validation(findings: Sequence[Mapping[str, Any]]) -> OmnisonicError:
    """The refusal for what FastAPI found wrong.

    Unreadable JSON and a body that is no object: `Malformed`. A path that holds no id: `NotFound`, like
    an id that nobody has. All else: `InvalidFields` with one entry a field.
    """
    for finding in findings:
        place = tuple(finding["loc"])
        if finding["type"] == "json_invalid":
            return Malformed("The body is not valid JSON. Check quotes, commas and brackets.")
        if place == ("body",) and finding["type"] in WHOLE_BODY:
            return Malformed("Send a JSON object with `Content-Type: application/json`.")
        if place[:1] == ("path",):
            return NotFound()
    return InvalidFields(errors=[_explain(finding) for finding in findings[:ERRORS_SHOWN]])


def _explain(finding: Mapping[str, Any]) -> FieldError:
    kind = str(finding["type"])
    place = [str(part) for part in finding["loc"]]
    return FieldError(field=".".join(place[1:] or place), code=_code(kind), message=_sentence(kind, finding))


def _sentence(kind: str, finding: Mapping[str, Any]) -> str:
    context = finding.get("ctx") or {}
    if kind == "value_error" and "error" in context:
        return str(context["error"])
    template = SENTENCES.get(kind)
    if template is None:
        return f"{finding['msg']}."
    return template.format(**context)


def _code(kind: str) -> str:
    return "required" if kind == "missing" else kind.replace("_", "-")
