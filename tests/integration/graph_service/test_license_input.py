"""What nobody should send about licenses, over GraphQL: typed errors and nothing written."""

from __future__ import annotations

from typing import Any

import pytest

from omnisonic.core.licenses import queries
from omnisonic.platform.db import read_session
from tests.integration.graph_service.conftest import Person, RunningGraph, make_song
from tests.integration.graph_service.test_graph import Ask

CREATE = "mutation($input: LicenseInput!) { createLicense(input: $input) { id effectiveFrom } }"


def deep(levels: int) -> dict[str, Any]:
    value: dict[str, Any] = {"a": 1}
    for _ in range(levels):
        value = {"a": value}
    return value


@pytest.mark.parametrize(
    ("fields", "codes"),
    [
        ({"territory": "Narnia"}, {"unknown-territory"}),
        ({"territory": "x" * 10_000}, {"invalid-fields"}),
        ({"territory": ",".join(["US", "FR"] * 250)}, {"invalid-fields"}),
        ({"terms": {"big": "x" * 50_000}}, {"invalid-fields"}),
        ({"terms": deep(20)}, {"invalid-fields"}),
        ({"terms": deep(100)}, {"graphql-invalid"}),
        ({"effectiveFrom": "0001-01-01T00:00:00Z"}, {"invalid-fields", "graphql-invalid"}),
        ({"effectiveFrom": "9999-12-31T23:59:59Z"}, {"invalid-fields", "graphql-invalid"}),
        ({"expiresOn": "2025-01-01T00:00:00Z"}, {"invalid-fields"}),
        ({"licensee": "Ac\x07me"}, {"invalid-fields"}),
        ({"recordingId": "01a1fd02-b7a0-727d-b3c4-8d6f0aa2a017"}, {"invalid-fields"}),
        ({"workId": "01a1fd02-b7a0-727d-b3c4-8d6f0aa2a017"}, {"not-found"}),
    ],
)
def test_nonsense_is_refused_with_a_code(
    graph: RunningGraph, ask: Ask, mara: Person, fields: dict[str, Any], codes: set[str]
) -> None:
    song = make_song(mara.actor, "Tide")
    draft = {
        "workId": str(song.work_id),
        "licensee": "Label",
        "rightsType": "MASTER",
        "effectiveFrom": "2026-01-01T00:00:00Z",
    }
    answer = ask(mara, CREATE, input={**draft, **fields})
    assert answer["errors"][0]["extensions"]["code"] in codes, answer["errors"]
    with read_session() as session:
        assert queries.count_licenses(session, mara.actor) == 0
