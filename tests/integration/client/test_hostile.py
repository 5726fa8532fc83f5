"""What a careless or hostile program sends: typed refusals, nothing half-written, service alive."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from omnisonic.platform.db import read_session
from tests.integration.client.conftest import RunningSite
from tests.integration.graph_service.conftest import Person, RunningGraph, make_song

HEADER = "isrc,title,artist\n"
GOOD = "GBAYC1700598,Northern Lights,Mara\n"
TABLES = ("works", "recordings", "contributors", "contributions", "licenses", "provenance", "outbox")


def row_counts() -> dict[str, int]:
    with read_session() as session:
        return {name: session.execute(text(f"SELECT count(*) FROM {name}")).scalar_one() for name in TABLES}  # noqa: S608


@pytest.fixture
def program(site: RunningSite, mara: Person) -> Iterator[httpx.Client]:
    """A program that keeps its connection."""
    with httpx.Client(base_url=site.url, headers=mara.bearer, trust_env=False, timeout=30) as client:
        yield client


def ingest(program: httpx.Client, body: str | bytes, kind: str) -> tuple[int, str | None, set[str]]:
    answer = program.post("/ingest/isrc", content=body, headers={"Content-Type": kind})
    found = answer.json()
    slug = found["type"].removeprefix("/problems/") if "type" in found else None
    return answer.status_code, slug, {one["code"] for one in found.get("errors", [])}


ROW = '{"isrc": "GBAYC1700598", "title": "A", "artist": "B"}'


@pytest.mark.parametrize(
    ("kind", "body", "status", "slug", "codes"),
    [
        ("text/csv", "", 422, "import-empty", set()),
        ("text/csv", HEADER, 422, "import-empty", set()),
        ("text/csv", "a,b\n1,2\n", 422, "import-columns", {"required"}),
        ("text/csv", HEADER + "nonsense,A,B\n", 422, "import-all-rejected", {"bad-isrc"}),
        ("text/csv", HEADER + "1.23E+11,A,B\n", 422, "import-all-rejected", {"spreadsheet-damage"}),
        ("text/csv", HEADER + "GBAYC1700598,A\0,B\n", 422, "import-all-rejected", {"null-character"}),
        ("text/csv", HEADER + "GBAYC1700598,A,B,C,D\n", 422, "import-all-rejected", {"too-many-cells"}),
        ("text/csv", HEADER + 'GBAYC1700598,"A,B\n', 422, "import-all-rejected", {"unclosed-quote"}),
        ("text/csv", HEADER + "x,A,B\n" * 1000, 422, "import-all-rejected", {"bad-isrc"}),
        ("text/csv", HEADER + "x,A,B\n" * 1001, 413, "import-too-large", set()),
        ("text/csv", HEADER + "x,A,B\n" * 10_000, 413, "import-too-large", set()),
        ("text/csv", b"\x89PNG\r\n\x1a\n" + bytes(99), 415, "import-not-text", set()),
        ("text/csv", b"\0\0\1" * 200, 415, "import-not-text", set()),
        ("application/xml", "<a/>", 415, "import-not-text", set()),
        ("application/json", "[]", 422, "import-empty", set()),
        ("application/json", "[" * 100_000, 422, "import-broken", set()),
        ("application/json", f"[{ROW}, {{", 422, "import-broken", set()),
        ("application/json", '[{"isrc": NaN}]', 422, "import-broken", set()),
        ("application/json", "[null, 1, []]", 422, "import-all-rejected", {"not-an-object"}),
        ("application/json", f'[{ROW.replace("{", chr(123) + chr(34) + "isrc" + chr(34) + ": 1,")}]', 422,
         "import-all-rejected", {"duplicate-key"}),
        ("application/json", f'[{ROW.replace("A", chr(92) + "ud800", 1)}]', 422, "import-all-rejected",
         {"bad-isrc"}),
    ],
)  # fmt: skip
def test_bad_rows_get_typed_errors_and_leave_nothing(
    program: httpx.Client, kind: str, body: str | bytes, status: int, slug: str, codes: set[str]
) -> None:
    before = row_counts()
    assert ingest(program, body, kind) == (status, slug, codes)
    assert row_counts() == before
    assert ingest(program, HEADER + GOOD, "text/csv") == (200, None, set())


def test_a_body_beyond_the_limit_leaves_the_next_request_alone(program: httpx.Client) -> None:
    for _ in range(3):
        assert ingest(program, HEADER + "x" * 2_000_000, "text/csv")[:2] == (413, "too-large")
        assert program.get("/healthz").json() == {"ok": True}


def test_the_cookie_needs_an_origin(site: RunningSite, mara: Person) -> None:
    body: dict[str, Any] = {
        "content": HEADER + GOOD,
        "headers": {"Cookie": mara.cookie, "Content-Type": "text/csv"},
    }
    with httpx.Client(base_url=site.url, trust_env=False) as browser:
        assert browser.post("/ingest/isrc", **body).json()["type"] == "/problems/origin-refused"
        body["headers"]["Origin"] = "https://evil.example"
        assert browser.post("/ingest/isrc", **body).status_code == 403
    assert row_counts()["recordings"] == 0


def test_rows_about_others_recordings_change_nothing(
    program: httpx.Client, make_person: Callable[..., Person]
) -> None:
    assert ingest(program, HEADER + GOOD, "text/csv")[0] == 200
    teo = make_person("Teo")
    stolen = program.post("/ingest/isrc", content=HEADER + GOOD.replace("Northern", "Stolen"),
                          headers={**teo.bearer, "Content-Type": "text/csv"})  # fmt: skip
    assert [one["code"] for one in stolen.json()["errors"]] == ["not-yours"]
    with read_session() as session:
        assert session.execute(text("SELECT title FROM recordings")).scalars().all() == ["Northern Lights"]


# the graph

FRAGMENTS = "".join(f"fragment F{n} on Work {{ id ...F{n + 1} ...F{n + 1} }} " for n in range(25))
DEEP = "recordings { edges { node { work { " * 6
WORK = "mutation {{ createWork(input: {{title: {0}}}) {{ id }} }}"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{ works { edges { node { " + DEEP + "id" + " } } } }" * 6 + " } } } }", "graphql-too-complex"),
        ("{" + " ".join(f"a{n}: works {{ totalCount }}" for n in range(61)) + "}", "graphql-too-complex"),
        ("{ works { edges { node { ...F0 } } } } " + FRAGMENTS + "fragment F25 on Work { id }",
         "graphql-too-complex"),
        ("{ works { edges { node { ...A } } } } fragment A on Work { ...B } fragment B on Work { ...A }",
         "graphql-invalid"),
        ("{ works(first: 100) { edges { node { recordings(first: 100) { edges { node { work { "
         "recordings(first: 100) { edges { node { id } } } } } } } } } } }", "graphql-too-complex"),
        ("{ works(search: " + "[" * 5000 + "]" * 5000 + ") { totalCount } }", "graphql-too-complex"),
        ("{ " + " ".join(f"f{n}" for n in range(900)) + " }", "graphql-invalid"),
        ('{ works(after: "elsewhere") { totalCount } }', "invalid-fields"),
        (WORK.format(json.dumps("\u200b ")), "invalid-fields"),
        (WORK.format(json.dumps("gold\u202eevil")), "invalid-fields"),
        (WORK.format(json.dumps("x" * 501)), "invalid-fields"),
    ],
)  # fmt: skip
def test_bad_operations_get_typed_errors(graph: RunningGraph, mara: Person, query: str, code: str) -> None:
    answer = ask(graph, mara, query)
    assert answer["errors"][0]["extensions"]["code"] == code, answer["errors"][0]
    assert len(answer["errors"]) <= 21
    assert row_counts()["works"] == 0
    assert "errors" not in ask(graph, mara, WORK.format(json.dumps("👩‍👩‍👧 عربي")))


def ask(graph: RunningGraph, person: Person | None, query: str, **variables: Any) -> dict[str, Any]:
    headers = person.bearer if person else {}
    body = {"query": query, "variables": variables}
    answer = httpx.post(graph.url, json=body, headers=headers, trust_env=False, timeout=20)
    found: dict[str, Any] = answer.json()
    return found


def test_strangers_are_not_told_names(graph: RunningGraph, mara: Person) -> None:
    for query in ("{ wrks { totalCount } }", "query ($a: Wrk) { __typename }"):
        assert "Did you mean" in ask(graph, mara, query)["errors"][0]["message"]
        told = ask(graph, None, query)["errors"][0]
        assert "Did you mean" not in told["message"]
        assert told["extensions"]["code"] == "graphql-invalid"


def test_messages_name_the_wrong_field(graph: RunningGraph, mara: Person) -> None:
    song = make_song(mara.actor, "Dawn", recordings=0)
    license_of = "mutation ($input: LicenseInput!) { createLicense(input: $input) { id } }"
    given = {
        "workId": str(song.work_id),
        "licensee": "Radio",
        "rightsType": "PERFORMANCE",
        "effectiveFrom": "2026-01-01T00:00:00Z",
        "expiresOn": "2025-01-01T00:00:00Z",
    }
    before = row_counts()
    (wrong_page,) = ask(graph, mara, '{ works(after: "elsewhere") { totalCount } }')["errors"]
    assert wrong_page["message"].startswith("after: Use the `endCursor`")
    (error,) = ask(graph, mara, license_of, input=given)["errors"]
    assert error["message"].startswith("expiresOn: ")
    assert [one["field"] for one in error["extensions"]["errors"]] == ["expiresOn"]
    assert row_counts() == before


def test_shares_above_the_whole_are_stored_as_a_conflict(graph: RunningGraph, mara: Person) -> None:
    song = make_song(mara.actor, "Dawn", recordings=0)
    change = (
        "mutation ($id: ID!, $shares: [ContributionInput!]!) { setContributions(workId: $id, "
        "contributions: $shares) { hasConflict splits { sharePpm } } }"
    )
    one, other = ({"contributorId": str(who), "role": "composer"} for who in song.writer_ids)
    before = row_counts()
    for wrong in ({"pctShare": 150}, {"sharePpm": -1}, {"sharePpm": 5, "pctShare": 50}, {}):
        answer = ask(graph, mara, change, id=str(song.work_id), shares=[{**one, **wrong}])
        assert answer["errors"][0]["extensions"]["code"] == "share-total"
    assert row_counts() == before
    shares = [{**one, "pctShare": 100}, {**other, "pctShare": 50}]
    work = ask(graph, mara, change, id=str(song.work_id), shares=shares)["data"]["setContributions"]
    assert work["hasConflict"]
    assert sorted(split["sharePpm"] for split in work["splits"]) == [500_000, 1_000_000]
