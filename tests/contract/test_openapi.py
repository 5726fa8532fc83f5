"""The description of the API is complete, stable and as committed."""

from __future__ import annotations

import re
from typing import Any

import pytest

from omnisonic.api import create_api

VERBS = {"get", "post", "put", "patch", "delete"}
# Names that public formats spell with an underscore.
PUBLIC_NAMES: set[str] = set()


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return create_api().openapi()


def operations(document: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [
        (f"{verb.upper()} {path}", operation)
        for path, item in document["paths"].items()
        for verb, operation in item.items()
        if verb in VERBS
    ]


def test_it_is_the_same_every_time(document: dict[str, Any]) -> None:
    assert create_api().openapi() == document


def test_operations_have_a_name_of_their_own_and_a_sentence(document: dict[str, Any]) -> None:
    found = operations(document)
    names = [operation["operationId"] for _, operation in found]
    assert len(set(names)) == len(names)
    assert [where for where, operation in found if not operation.get("description")] == []
    assert [where for where, operation in found if not operation.get("tags")] == []


def test_every_operation_documents_its_problems(document: dict[str, Any]) -> None:
    for where, operation in operations(document):
        answer = operation["responses"]["default"]
        schema = answer["content"]["application/problem+json"]["schema"]
        assert schema == {"$ref": "#/components/schemas/Problem"}, where


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    for name in re.findall(r"#/components/schemas/([^'\"]+)", str(document)):
        assert name in schemas


def test_json_is_camel_case(document: dict[str, Any]) -> None:
    for name, schema in document["components"]["schemas"].items():
        for field in schema.get("properties", {}):
            assert re.fullmatch(r"[a-z][a-zA-Z0-9]*", field) or field in PUBLIC_NAMES, (name, field)


def test_both_ways_to_sign_in_are_described(document: dict[str, Any]) -> None:
    assert set(document["components"]["securitySchemes"]) == {"token", "browser"}
