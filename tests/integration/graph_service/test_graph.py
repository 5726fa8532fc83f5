"""The graph itself: questions, changes, pages, and how many statements they cost."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Engine, event

from graph_service import operations
from omnisonic.core.catalog import listing
from omnisonic.platform.actor import Role
from tests.integration.graph_service.conftest import Person, RunningGraph, make_song

Ask = Callable[..., dict[str, Any]]

FIVE_RELATIONS = """
query($first: Int) {
  works(first: $first) {
    edges { node {
      title hasConflict
      identifiers { scheme value }
      contributors { name identifiers { value } }
      splits { pctShare work { title } contributor { name } }
      licenses { licensee work { title } }
      recordings(first: 5) { totalCount edges { cursor node {
        title work { title } contributors { id } credits { creditedAs contributor { name } }
      } } }
    } }
    totalCount
  }
}
"""
RELATION_PATHS = 18  # fields above that lead to other rows


@contextmanager
def counted() -> Iterator[list[str]]:
    """Every SQL statement of this process, whatever its thread."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def test_a_hundred_rows_cost_as_many_statements_as_one(graph: RunningGraph, ask: Ask, mara: Person) -> None:
    license_input = "mutation($input: LicenseInput!) { createLicense(input: $input) { id } }"
    for number in range(100):
        song = make_song(mara.actor, f"Song {number}", recordings=1, writers=1)
        if number > 97:
            draft = {"workId": str(song.work_id), "licensee": "Label", "rightsType": "MASTER"}
            draft["effectiveFrom"] = "2026-01-01T00:00:00Z"
            assert "errors" not in ask(mara, license_input, input=draft)
    costs = []
    for first in (1, 100):
        with counted() as seen:
            answer = ask(mara, FIVE_RELATIONS, first=first)
        assert "errors" not in answer
        edges = answer["data"]["works"]["edges"]
        assert len(edges) == first
        assert all(len(edge["node"]["recordings"]["edges"]) == 1 for edge in edges)
        assert all(edge["node"]["splits"] for edge in edges)
        costs.append(len(seen))
    assert costs[0] == costs[1], seen
    assert costs[0] <= RELATION_PATHS + 2


def test_a_simple_question_costs_its_rows_and_its_caller(graph: RunningGraph, ask: Ask, mara: Person) -> None:
    song = make_song(mara.actor, "Tide")
    ask(mara, "{ works { totalCount } }")
    with counted() as seen:
        ask(mara, "query($id: ID!) { work(id: $id) { title recordings { edges { node { title } } } } }",
            id=str(song.work_id))  # fmt: skip
    assert len(seen) <= 2 + 2, seen


def test_a_whole_work_through_the_graph(graph: RunningGraph, ask: Ask, mara: Person) -> None:
    writer = ask(
        mara,
        'mutation { upsertContributor(input: {name: "Ada", roles: ["composer"], ipi: "00014107338"}) '
        "{ id name roles identifiers { scheme value status } } }",
    )["data"]["upsertContributor"]
    assert writer["identifiers"] == [{"scheme": "ipi", "value": "00014107338", "status": "preferred"}]
    work = ask(
        mara,
        'mutation { createWork(input: {title: "Tide", iswc: "T-034.524.680-1", genres: ["Folk"]}) '
        "{ id iswc genres splits { id } hasConflict createdAt } }",
    )["data"]["createWork"]
    assert (work["iswc"], work["genres"], work["splits"]) == ("T0345246801", ["Folk"], [])
    assert work["createdAt"].endswith("Z")
    shared = ask(
        mara,
        "mutation($work: ID!, $who: ID!) { setContributions(workId: $work, contributions: "
        '[{contributorId: $who, role: "composer", pctShare: 100}]) '
        "{ splits { id sharePpm pctShare validTo contributor { id } } contributors { name } } }",
        work=work["id"],
        who=writer["id"],
    )["data"]["setContributions"]
    (split,) = shared["splits"]
    assert (split["sharePpm"], split["pctShare"], split["validTo"]) == (1_000_000, 100.0, None)
    changed = ask(
        mara,
        "mutation($id: ID!, $who: ID!) { updateContribution(id: $id, input: "
        '{contributorId: $who, role: "lyricist", sharePpm: 500000, rightsType: PERFORMANCE}) '
        "{ role sharePpm rightsType work { title } } }",
        id=split["id"],
        who=writer["id"],
    )
    assert "errors" not in changed, changed
    recording = ask(
        mara,
        'mutation($work: ID!) { upsertRecording(input: {isrc: "US-S1Z-99-00001", title: "Tide", '
        'primaryArtist: "Ada feat. Bo", workId: $work, durationSeconds: 201.5, '
        'releasedAt: "2026-03-01T00:00:00Z"}) { isrc durationSeconds releasedAt '
        "work { title } credits { position creditedAs } contributors { name } } }",
        work=work["id"],
    )["data"]["upsertRecording"]
    assert recording["isrc"] == "USS1Z9900001"
    assert (recording["durationSeconds"], recording["releasedAt"]) == (201.5, "2026-03-01T00:00:00Z")
    assert [one["creditedAs"] for one in recording["credits"]] == ["Ada", "Bo"]
    updated = ask(
        mara,
        'mutation($id: ID!) { updateWork(id: $id, input: {description: null, title: "Ebb"}) { title } }',
        id=work["id"],
    )["data"]["updateWork"]
    assert updated == {"title": "Ebb"}
    searches = (
        '{ works(search: "ebb") { edges { node { title } } } recordings(isrc: "USS1Z9900001") { totalCount } '
        'contributors(search: "ada") { edges { node { name } } } }'
    )
    found = ask(mara, searches)["data"]
    assert found["works"]["edges"] == [{"node": {"title": "Ebb"}}]
    assert found["recordings"]["totalCount"] == 1
    assert {"node": {"name": "Ada"}} in found["contributors"]["edges"]


def test_licenses_through_the_graph(graph: RunningGraph, ask: Ask, mara: Person) -> None:
    song = make_song(mara.actor, "Tide")
    create = (
        "mutation($input: LicenseInput!) { createLicense(input: $input) "
        "{ id status exclusive territory terms expiresOn work { title } } }"
    )
    draft = {
        "workId": str(song.work_id),
        "licensee": "Label",
        "rightsType": "SYNCHRONIZATION",
        "effectiveFrom": "2026-01-01T00:00:00Z",
        "expiresOn": "2100-01-01T00:00:00Z",
        "terms": {"fee": "100", "notes": ["a", {"b": 1}]},
    }
    made = ask(mara, create, input=draft)["data"]["createLicense"]
    assert (made["status"], made["exclusive"], made["territory"]) == ("ACTIVE", True, None)
    assert made["terms"] == draft["terms"]
    refused = ask(mara, create, input=draft)["errors"][0]["extensions"]
    assert refused["code"] == "license-conflict"
    assert made["id"] in str(refused["current"])
    backwards = ask(mara, create, input={**draft, "expiresOn": "2025-01-01T00:00:00Z"})
    assert backwards["errors"][0]["extensions"]["code"] == "invalid-fields"
    asked = (
        "query($work: ID) { "
        'activeLicenses(workId: $work, territory: "DE", rightsType: SYNCHRONIZATION) { id } '
        "licenses(workId: $work, status: ACTIVE) { totalCount edges { node { licensee } } } }"
    )
    found = ask(mara, asked, work=str(song.work_id))["data"]
    assert [one["id"] for one in found["activeLicenses"]] == [made["id"]]
    assert found["licenses"]["totalCount"] == 1
    revoked = ask(mara, "mutation($id: ID!) { revokeLicense(id: $id) { status } }", id=made["id"])
    assert revoked["data"]["revokeLicense"] == {"status": "REVOKED"}
    assert ask(mara, asked, work=str(song.work_id))["data"]["activeLicenses"] == []


def test_pages_lead_through_the_whole_list(graph: RunningGraph, ask: Ask, mara: Person) -> None:
    for number in range(5):
        make_song(mara.actor, f"Song {number}", recordings=0, writers=0)
    query = (
        "query($after: String) { works(first: 2, after: $after) { totalCount edges { cursor node { title } } "
        "pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"
    )
    titles: list[str] = []
    after = None
    for has_next in (True, True, False):
        page = ask(mara, query, after=after)["data"]["works"]
        titles += [edge["node"]["title"] for edge in page["edges"]]
        info = page["pageInfo"]
        assert (info["hasNextPage"], info["hasPreviousPage"]) == (has_next, after is not None)
        assert info["startCursor"] == page["edges"][0]["cursor"]
        after = info["endCursor"]
        assert after == page["edges"][-1]["cursor"]
        assert page["totalCount"] == 5
    assert titles == [f"Song {number}" for number in (4, 3, 2, 1, 0)]
    empty = ask(mara, query, after=after)["data"]["works"]
    assert (empty["edges"], empty["pageInfo"]["hasNextPage"], empty["pageInfo"]["endCursor"]) == (
        [],
        False,
        None,
    )


@pytest.mark.parametrize("arguments", ["first: -1", "first: 101", 'after: "nonsense"', 'after: "MTo="'])
def test_wrong_pages_are_refused(graph: RunningGraph, ask: Ask, mara: Person, arguments: str) -> None:
    answer = ask(mara, f"{{ works({arguments}) {{ totalCount }} }}")
    assert answer["errors"][0]["extensions"]["code"] == "invalid-fields"


def test_nobody_finds_what_is_not_there(graph: RunningGraph, ask: Ask, mara: Person) -> None:
    query = "query($id: ID!) { work(id: $id) { id } recording(id: $id) { id } license(id: $id) { id } }"
    for given in (str(uuid4()), "no-id", ""):
        answer = ask(mara, query, id=given)
        assert answer == {"data": {"work": None, "recording": None, "license": None}}
    answer = ask(mara, "mutation($id: ID!) { revokeLicense(id: $id) { id } }", id=str(uuid4()))
    assert answer["data"] is None
    assert answer["errors"][0]["extensions"]["code"] == "not-found"
    assert answer["errors"][0]["path"] == ["revokeLicense"]


def test_a_stranger_may_read_but_not_change(
    graph: RunningGraph, ask: Ask, mara: Person, make_person: Callable[..., Person]
) -> None:
    song = make_song(mara.actor, "Tide")
    teo, curator = make_person("Teo"), make_person("Cora", role=Role.CURATOR)
    query = "query($id: ID!) { work(id: $id) { title } }"
    change = 'mutation($id: ID!) { updateWork(id: $id, input: {title: "Mine"}) { title } }'
    assert ask(teo, query, id=str(song.work_id))["data"]["work"] == {"title": "Tide"}
    assert ask(teo, change, id=str(song.work_id))["errors"][0]["extensions"]["code"] == "forbidden"
    assert ask(curator, change, id=str(song.work_id))["data"]["updateWork"] == {"title": "Mine"}


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ('mutation { createWork(input: {title: ""}) { id } }', "invalid-fields"),
        ('mutation { createWork(input: {title: "A\\u0000"}) { id } }', "invalid-fields"),
        ('{ works(search: "A\\u0000B") { totalCount } }', None),
        ('{ works(genre: "\\u0000") { totalCount } }', "invalid-fields"),
        ('mutation { createWork(input: {title: "A", iswc: "T-034.524.680-2"}) { id } }',
         "invalid-identifier"),
        ('mutation { updateWork(id: "x", input: {}) { id } }', "invalid-fields"),
        ('mutation { upsertRecording(input: {isrc: "nope", title: "A", primaryArtist: "B"}) { id } }',
         "invalid-identifier"),
        ('mutation { upsertRecording(input: {isrc: "USS1Z9900002", title: "A", primaryArtist: "B", '
         "durationSeconds: 1e300}) { id } }", "invalid-fields"),
        ('{ activeLicenses(territory: "Atlantis") { id } }', "unknown-territory"),
        ('{ activeLicenses(at: "yesterday") { id } }', "graphql-invalid"),
        ('{ activeLicenses(at: "2026-01-01") { id } }', "graphql-invalid"),
    ],
)  # fmt: skip
def test_bad_values_get_typed_errors(
    graph: RunningGraph, ask: Ask, mara: Person, query: str, code: str | None
) -> None:
    answer = ask(mara, query)
    found = answer["errors"][0]["extensions"]["code"] if "errors" in answer else None
    assert found == code, answer


def test_an_unforeseen_error_is_masked(
    graph: RunningGraph, ask: Ask, mara: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down(*_: Any, **__: Any) -> Any:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(listing, "count_entries", break_down)
    answer = ask(mara, "{ works { edges { node { id } } totalCount } }")
    assert "secret" not in str(answer)
    assert answer["errors"][0]["extensions"]["code"] == "internal"
    assert answer["errors"][0]["path"] == ["works", "totalCount"]


def test_an_operation_that_takes_too_long_is_given_up(
    graph: RunningGraph, ask: Ask, mara: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, entered, list_works = threading.Event(), threading.Event(), listing.list_works

    def hang(*positional: Any, **named: Any) -> Any:
        entered.set()
        gate.wait(20)
        return list_works(*positional, **named)

    monkeypatch.setattr(listing, "list_works", hang)
    monkeypatch.setattr(operations, "OPERATION_TIMEOUT_S", 0.3)
    try:
        answer = ask(mara, "{ works { totalCount edges { node { id } } } }")
    finally:
        gate.set()
    assert entered.is_set()
    assert answer["data"] is None
    assert answer["errors"][0]["extensions"]["code"] == "graphql-timeout"
    monkeypatch.undo()
    assert ask(mara, "{ works { totalCount } }") == {"data": {"works": {"totalCount": 0}}}
