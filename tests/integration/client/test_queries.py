"""Asking: typed rows, pages, and what a refusal looks like to a partner's program."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from datetime import UTC

import pytest

from omnisonic.client import ConnectionLost, GraphQLFailed, Omnisonic, OmnisonicProblem
from omnisonic.core.catalog.recordings import upsert_recording
from omnisonic.core.catalog.schemas import RecordingDraft
from omnisonic.core.catalog.works import create_work
from omnisonic.platform.actor import Scope
from omnisonic.platform.auth.tokens import create_token, revoke_token
from omnisonic.platform.db import unit_of_work
from omnisonic.platform.ids import new_id
from tests.integration.graph_service.conftest import Person, make_song, make_token

Connect = Callable[..., Omnisonic]
SERVER_PACKAGES = {
    "sqlmodel",
    "sqlalchemy",
    "fastapi",
    "starlette",
    "redis",
    "reflex",
    "graphene",
    "pydantic",
}


def test_works_and_recordings_are_typed(omni: Omnisonic, mara: Person) -> None:
    with unit_of_work() as uow:
        made = create_work(uow, mara.actor, title="Dámaso", iswc="T-034.524.680-1", genres=["Fado"])
        work_id = str(made.id)
        draft = RecordingDraft(
            title="Dámaso (live)", primary_artist="Inês", isrc="GB-AYC-17-00598", work_id=made.id,
            duration_ms=215_400,
        )  # fmt: skip
        recording_id = str(upsert_recording(uow, mara.actor, draft=draft).id)
    work = omni.work(work_id)
    assert work is not None
    assert (work.title, work.iswc, work.genres, work.has_conflict) == (
        "Dámaso", "T0345246801", ["Fado"], False
    )  # fmt: skip
    assert work.created_at.tzinfo is not None
    assert work.created_at.utcoffset() == UTC.utcoffset(None)
    assert [(one.scheme, one.value, one.status) for one in work.identifiers] == [
        ("iswc", "T0345246801", "preferred")
    ]
    recording = omni.recording_by_isrc("gb-ayc-17-00598")
    assert recording is not None
    assert recording == omni.recording(recording_id)
    assert (recording.duration_s, recording.work_id, recording.primary_artist) == (215.4, work_id, "Inês")
    assert recording.released_at is None


def test_what_is_not_there_is_none(omni: Omnisonic) -> None:
    assert omni.work(str(new_id())) is None
    assert omni.work("no id at all") is None
    assert omni.recording(str(new_id())) is None
    assert omni.recording_by_isrc("USWB11700001") is None
    assert list(omni.works(search="nothing like it")) == []


def test_lists_go_on_beyond_a_page(omni: Omnisonic, mara: Person) -> None:
    with unit_of_work() as uow:
        made = [
            str(create_work(uow, mara.actor, title=f"Study {n}", genres=["Folk"] if n % 2 else []).id)
            for n in range(250)
        ]
    assert [work.id for work in omni.works()] == made[::-1]
    assert [work.id for work in omni.works(genre="Folk")] == made[1::2][::-1]
    assert sorted(work.id for work in omni.works(search="study")) == sorted(made)


def test_pages_are_read_as_they_are_needed(omni: Omnisonic, mara: Person) -> None:
    with unit_of_work() as uow:
        for n in range(101):
            create_work(uow, mara.actor, title=f"Study {n}")
    works = omni.works()
    first = next(works)
    with unit_of_work() as uow:
        create_work(uow, mara.actor, title="Later")  # does not shift the rows of the second page
    rest = [work.title for work in works]
    assert [first.title, *rest] == [f"Study {n}" for n in range(100, -1, -1)]


def test_search_forgives_typing(omni: Omnisonic, mara: Person) -> None:
    make_song(mara.actor, "Northern Lights", recordings=1)
    assert [work.title for work in omni.works(search="nothern lihgts")] == ["Northern Lights"]
    assert [one.title for one in omni.recordings(search="northern lights")] == ["Northern Lights 0"]


def test_a_bad_token_is_told(connect: Connect) -> None:
    with pytest.raises(GraphQLFailed) as refused:
        connect("omni_" + "x" * 43).work(str(new_id()))
    assert refused.value.code == "unauthenticated"


def test_a_revoked_token_is_told(omni: Omnisonic, connect: Connect, mara: Person) -> None:
    with unit_of_work() as uow:
        row, secret = create_token(uow, mara.actor, name="short", scopes={Scope.GRAPH_READ})
        token_id = row.id
    short = connect(secret)
    assert list(short.works()) == []
    with unit_of_work() as uow:
        revoke_token(uow, mara.actor, token_id=token_id)
    with pytest.raises(GraphQLFailed) as refused:
        list(short.works())
    assert refused.value.code == "unauthenticated"


def test_a_missing_scope_is_told(connect: Connect, mara: Person) -> None:
    with unit_of_work() as uow:
        reader = connect(make_token(uow, mara.actor, (Scope.GRAPH_READ,)))
        stranger = connect(make_token(uow, mara.actor, (Scope.INGEST,)))
    create = 'mutation { createWork(input: {title: "X"}) { id } }'
    with pytest.raises(GraphQLFailed) as refused:
        reader.execute(create)
    assert refused.value.code == "forbidden"
    assert "graph:write" in str(refused.value)
    with pytest.raises(GraphQLFailed) as unread:
        list(stranger.works())
    assert unread.value.code == "forbidden"
    assert list(reader.works()) == []


def test_errors_carry_their_fields_and_what_was_answered(omni: Omnisonic) -> None:
    with pytest.raises(GraphQLFailed) as refused:
        omni.execute('mutation { createWork(input: {title: "A", iswc: "T-034.524.680-2"}) { id } }')
    (field,) = refused.value.errors[0]["extensions"]["errors"]
    assert field["field"] == "iswc"
    with pytest.raises(GraphQLFailed) as invalid:
        omni.execute("{ nothing }")
    assert invalid.value.code == "graphql-invalid"


def test_a_server_that_is_away_is_told() -> None:
    with Omnisonic("http://127.0.0.1:9", token="omni_x") as nowhere:
        with pytest.raises(ConnectionLost):
            nowhere.execute("{ __typename }")
        with pytest.raises(ConnectionLost):
            nowhere.import_job(str(new_id()))
        nowhere.graph_ws_url = "ws://127.0.0.1:9/graphql"
        with pytest.raises(ConnectionLost):
            nowhere.subscribe("subscription { x }")


def test_an_answer_that_is_not_graphql_is_a_problem(connect: Connect, omni: Omnisonic, mara: Person) -> None:
    lost = connect(mara.token)
    lost.graph_url = omni.graph_url.replace("/graphql", "/elsewhere")
    with pytest.raises(OmnisonicProblem) as problem:
        lost.execute("{ __typename }")
    assert problem.value.status == 404


@pytest.mark.parametrize(
    ("address", "graph_url", "graph_ws_url"),
    [
        ("http://localhost:3000/", "http://localhost:4000/graphql", "ws://localhost:4001/graphql"),
        ("http://[::1]:3000", "http://[::1]:4000/graphql", "ws://[::1]:4001/graphql"),
        ("https://omni.example", "https://omni.example/graphql", "wss://omni.example/graphql"),
    ],
)
def test_graph_addresses_follow_from_the_sites(address: str, graph_url: str, graph_ws_url: str) -> None:
    with Omnisonic(address, token="omni_x") as made:
        assert (made.graph_url, made.graph_ws_url) == (graph_url, graph_ws_url)


def test_the_client_needs_nothing_of_the_server() -> None:
    code = f"import sys, omnisonic.client; print({SERVER_PACKAGES!r} & sys.modules.keys())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
