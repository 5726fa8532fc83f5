"""The service as a process of its own: started by the command line, asked how it is, stopped by SIGTERM."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import httpx
from websockets.sync.client import connect

from omnisonic.platform.embedded.ports import free_ports
from omnisonic.platform.health import check_process
from tests.integration.graph_service.conftest import PATIENCE_S, Client, Person
from tests.waiting import wait_until


def test_the_command_serves_both_ports_until_sigterm(mara: Person, configure: Callable[..., Any]) -> None:
    http_port, socket_port = free_ports(2)
    configure(GRAPH_PORT=http_port, GRAPH_WS_PORT=socket_port)
    command = [sys.executable, "-m", "omnisonic", "graph"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        assert process.stdout is not None
        assert any("graph_started" in line for line in process.stdout)
        wait_until(lambda: check_process("graph") == 0)
        answer = httpx.post(
            f"http://127.0.0.1:{http_port}/graphql",
            json={"query": "{ works { totalCount } }"},
            headers=mara.bearer,
            trust_env=False,
        )
        assert answer.json() == {"data": {"works": {"totalCount": 0}}}
        address = f"ws://127.0.0.1:{socket_port}/graphql"
        protocols: Any = ["graphql-transport-ws"]
        with connect(address, subprotocols=protocols, proxy=None) as connection:
            client = Client(connection)
            client.send("connection_init")
            assert client.receive() == {"type": "connection_ack"}
            process.send_signal(signal.SIGTERM)
            assert client.close_code() == 1012
        assert process.wait(PATIENCE_S) == 0
        assert check_process("graph") == 1
    finally:
        process.kill()
        process.wait()
