"""Following changes: from now on, across a killed and restarted service, and refusals."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import UUID

import httpx
import pytest

from omnisonic.client import ConnectionLost, GraphQLFailed, Omnisonic, Work
from omnisonic.core.catalog.recordings import upsert_recording
from omnisonic.core.catalog.schemas import RecordingDraft, WorkChanges
from omnisonic.core.catalog.works import update_work
from omnisonic.platform.actor import Scope
from omnisonic.platform.db import unit_of_work
from omnisonic.platform.embedded.ports import free_port
from omnisonic.platform.ids import new_id
from tests.integration.graph_service.conftest import (
    Person,
    RunningGraph,
    make_song,
    make_token,
    relay_events,
)
from tests.programs import Program, running
from tests.waiting import wait_until

GRAPH = "from graph_service.process import run; run()"
TITLES = "subscription ($id: ID!) { workUpdated(workId: $id) { title } }"


def rename(person: Person, work_id: UUID, title: str) -> None:
    with unit_of_work() as uow:
        update_work(uow, person.actor, work_id=work_id, changes=WorkChanges(title=title))
    relay_events()


def test_a_change_made_after_subscribing_comes(omni: Omnisonic, mara: Person) -> None:
    song = make_song(mara.actor, "Dawn")
    relay_events()
    events = omni.subscribe(TITLES, {"id": str(song.work_id)})
    updates = omni.work_updates(str(song.work_id))
    rename(mara, song.work_id, "Dusk")
    assert next(events) == {"workUpdated": {"title": "Dusk"}}
    assert next(updates).title == "Dusk"
    rename(mara, song.work_id, "Night")
    assert next(updates).title == "Night"


def test_recordings_are_followed_too(omni: Omnisonic, mara: Person) -> None:
    song = make_song(mara.actor, "Dawn", recordings=1)
    relay_events()
    (recording_id,) = song.recording_ids
    with unit_of_work() as uow:
        first = RecordingDraft(isrc="GBAYC1700598", title="Dawn", primary_artist="Inês")
        followed = str(upsert_recording(uow, mara.actor, draft=first).id)
    updates = omni.recording_updates(followed)
    with unit_of_work() as uow:
        draft = RecordingDraft(isrc="GBAYC1700598", title="Dawn (edit)", primary_artist="Inês")
        upsert_recording(uow, mara.actor, draft=draft)
    relay_events()
    assert next(updates).title == "Dawn (edit)"
    assert str(recording_id) != followed


def test_leaving_ends_the_subscription(graph: RunningGraph, omni: Omnisonic, mara: Person) -> None:
    song = make_song(mara.actor, "Dawn")
    updates = omni.work_updates(str(song.work_id))
    rename(mara, song.work_id, "Dusk")
    next(updates)
    assert graph.service.subscriptions._topics
    del updates
    wait_until(lambda: not graph.service.subscriptions._topics)


def test_closing_the_client_ends_the_events_of_another_thread(omni: Omnisonic, mara: Person) -> None:
    song = make_song(mara.actor, "Dawn")
    relay_events()
    seen: queue.Queue[Work] = queue.Queue()
    updates = omni.work_updates(str(song.work_id))
    reading = threading.Thread(target=lambda: [seen.put(work) for work in updates])
    reading.start()
    rename(mara, song.work_id, "Dusk")
    assert seen.get(timeout=20).title == "Dusk"
    omni.close()
    reading.join(20)
    assert not reading.is_alive()


def test_refused_subscriptions_say_why(
    omni: Omnisonic, connect: Callable[..., Omnisonic], mara: Person
) -> None:
    work = {"id": str(make_song(mara.actor, "Dawn").work_id)}
    for query, variables, code in [
        (TITLES, {"id": str(new_id())}, "not-found"),
        (TITLES, {"id": "nonsense"}, "invalid-fields"),
        (TITLES, {}, "graphql-invalid"),
        ("subscription { nothing }", {}, "graphql-invalid"),
        ("subscription {", {}, "graphql-syntax"),
    ]:
        with pytest.raises(GraphQLFailed) as refused:
            next(omni.subscribe(query, variables))
        assert refused.value.code == code, query
    with pytest.raises(GraphQLFailed) as stranger:
        connect("omni_" + "x" * 43).subscribe(TITLES, work)
    assert stranger.value.code == "unauthenticated"
    with unit_of_work() as uow:
        importer = connect(make_token(uow, mara.actor, (Scope.INGEST,)))
    with pytest.raises(GraphQLFailed) as unread:
        next(importer.subscribe(TITLES, work))
    assert unread.value.code == "forbidden"


def test_an_address_without_subscriptions_is_refused(omni: Omnisonic) -> None:
    omni.graph_ws_url += "/elsewhere"
    with pytest.raises(GraphQLFailed) as refused:
        omni.subscribe(TITLES)
    assert refused.value.code.startswith("http-4")


@pytest.mark.slow
def test_a_killed_service_is_met_again(mara: Person) -> None:
    song = make_song(mara.actor, "Dawn")
    relay_events()
    ports = {"GRAPH_PORT": str(free_port()), "GRAPH_WS_PORT": str(free_port())}
    with (
        Omnisonic(
            "http://127.0.0.1:9",
            token=mara.token,
            graph_url=f"http://127.0.0.1:{ports['GRAPH_PORT']}/graphql",
            graph_ws_url=f"ws://127.0.0.1:{ports['GRAPH_WS_PORT']}/graphql",
        ) as omni,
    ):
        with service(omni, ports) as graph:
            updates = omni.work_updates(str(song.work_id))
            quiet = omni.work_updates(str(song.work_id))
            rename(mara, song.work_id, "Dusk")
            assert next(updates).title == "Dusk"
            assert next(quiet).title == "Dusk"
            graph.kill()
        rename(mara, song.work_id, "Night")  # nobody listens
        with service(omni, ports):
            assert next(updates).title == "Night"  # once, after the return
            rename(mara, song.work_id, "Noon")
            assert next(updates).title == "Noon"
            assert next(quiet).title in {"Night", "Noon"}


def test_patience_ends(graph: RunningGraph, omni: Omnisonic, mara: Person) -> None:
    song = make_song(mara.actor, "Dawn")
    updates = omni.work_updates(str(song.work_id), patience_s=0.5)
    graph.stop()
    with pytest.raises(ConnectionLost, match=r"did not come back within 0\.5 s"):
        next(updates)


@contextmanager
def service(omni: Omnisonic, ports: dict[str, str]) -> Iterator[Program]:
    """The graph service as a process of its own."""

    def answers() -> bool:
        try:
            url = omni.graph_url.replace("/graphql", "/health/ready")
            return httpx.get(url, trust_env=False).is_success
        except httpx.TransportError:
            return False

    with running(GRAPH, **ports) as program:
        wait_until(answers)
        yield program
