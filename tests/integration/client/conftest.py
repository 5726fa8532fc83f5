"""The client against the real REST application, the real graph service and the real jobs."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from granian.constants import Interfaces
from granian.server.embed import Server

from omnisonic.client import Omnisonic
from omnisonic.platform.embedded.ports import free_port
from omnisonic.platform.middleware import wrap
from omnisonic.platform.settings import Settings
from omnisonic.platform.storage import Storage
from tests.integration.graph_service.conftest import (
    PATIENCE_S,
    Person,
    RunningGraph,
    graph,
    make_person,
    mara,
    start_graph,
)
from tests.rest import rest_api
from tests.waiting import wait_until

__all__ = ["graph", "make_person", "mara", "start_graph"]


class RunningSite:
    """The REST application on a free port, in a thread of the test process."""

    def __init__(self) -> None:
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self._server = Server(
            wrap(rest_api()), address="127.0.0.1", port=port, interface=Interfaces.ASGI, log_enabled=False
        )
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(
            target=lambda: self._loop.run_until_complete(self._server.serve()), daemon=True
        )
        self._thread.start()
        wait_until(self._answers)

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/healthz", trust_env=False).is_success
        except httpx.TransportError:
            return False

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._server.stop)
        self._thread.join(PATIENCE_S)
        assert not self._thread.is_alive()
        self._loop.close()


@pytest.fixture
def site(
    db: None, redis_client: Any, storage: Storage, configure: Callable[..., Settings]
) -> Iterator[RunningSite]:
    """The REST application."""
    running = RunningSite()
    yield running
    running.stop()


@pytest.fixture
def connect(graph: RunningGraph) -> Iterator[Callable[..., Omnisonic]]:
    """Clients of the graph service; `site` where REST is needed too."""
    made: list[Omnisonic] = []

    def make(token: str, site: RunningSite | None = None) -> Omnisonic:
        address = site.url if site else "http://127.0.0.1:9"
        client = Omnisonic(
            address,
            token=token,
            graph_url=graph.url,
            graph_ws_url=graph.socket_url,
            timeout_s=PATIENCE_S,
        )
        made.append(client)
        return client

    yield make
    for client in made:
        client.close()


@pytest.fixture
def omni(connect: Callable[..., Omnisonic], mara: Person) -> Omnisonic:
    """Mara's client for the graph."""
    return connect(mara.token)
