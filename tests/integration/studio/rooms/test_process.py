"""The gateway as a process of its own: started by the command line, stopped by SIGTERM."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from typing import Any

from websockets.sync.client import connect

from omnisonic.platform.health import check_process
from tests.integration.studio.conftest import Person
from tests.integration.studio.rooms.conftest import PATIENCE_S, Client, present, ticket_of


def test_sigterm_says_restarting_and_leaves_nobody_behind(
    mara: Person, session_id: str, configure: Any
) -> None:
    port = _free_port()
    configure(GATEWAY_PORT=port)
    command = [sys.executable, "-m", "omnisonic", "gateway"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        assert process.stdout is not None
        assert any("gateway_started" in line for line in process.stdout)
        assert check_process("gateway") == 0
        issued = mara.post(f"/api/sessions/{session_id}/ticket").json()
        assert issued["url"] == f"ws://localhost:{port}/"
        address = f"ws://127.0.0.1:{port}/?ticket={ticket_of(mara, session_id)}&roomId={session_id}"
        with connect(address, origin="http://localhost:3000", proxy=None) as connection:  # type: ignore[arg-type]
            client = Client(connection)
            assert json.loads(connection.recv(timeout=PATIENCE_S))["type"] == "room.snapshot"
            assert present(mara, session_id) == ["Mara"]
            process.send_signal(signal.SIGTERM)
            assert client.close_code() == 1012
        assert process.wait(PATIENCE_S) == 0
        assert present(mara, session_id) == []
        assert check_process("gateway") == 1
    finally:
        process.kill()
        process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
