"""Plugs pulled in the middle of an export: nothing is lost, nothing hangs, the sound is the same."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.e2e.people import PASSWORD
from tests.integration.studio.conftest import sine_wav
from tests.waiting import wait_until

if TYPE_CHECKING:
    from tests.e2e.conftest import Stack

TRACKS = 12
ASK_EVERY_S = 0.2
RECOVERY_S = 120  # the promise: a killed worker's export is completed within two minutes


@contextmanager
def signed_in(stack: Stack) -> Iterator[httpx.Client]:
    """Someone signed in over REST."""
    with httpx.Client(base_url=stack.base_url, headers={"Origin": stack.base_url}, timeout=30) as made:
        # The test before may have pulled a plug, and sign-ins are not let through without Redis.
        wait_until(lambda: made.get("/health/ready").is_success, pause_s=ASK_EVERY_S)
        body = {"email": "faults@example.org", "password": PASSWORD}
        assert made.post("/api/auth/callback/credentials", json=body).status_code == 200
        yield made


@pytest.fixture
def client(stack: Stack) -> Iterator[httpx.Client]:
    """Who exports."""
    with signed_in(stack) as made:
        yield made


@pytest.fixture(scope="module")
def session_id(stack: Stack) -> str:
    """A mix that takes a while to render: one take of two minutes on twelve tracks. No test changes it."""
    with signed_in(stack) as client:
        return long_mix(client)


def long_mix(client: httpx.Client) -> str:
    """A session whose take is ready."""
    session_id: str = client.post("/api/sessions", json={"name": "Long mix"}).json()["session"]["id"]
    files = {"file": ("long.wav", sine_wav(seconds=120, channels=2, rate_hz=48_000, level=0.05))}
    sent = client.post("/api/upload", data={"sessionId": session_id}, files=files)
    upload_id = sent.json()["upload"]["id"]
    for number in range(TRACKS):
        body = {"uploadId": upload_id, "pan": number / TRACKS, "offsetSamples": 1000 * number, "gainDb": -6}
        assert client.post(f"/api/sessions/{session_id}/tracks", json=body).status_code == 201
    wait_until(
        lambda: client.get(f"/api/upload/{upload_id}").json()["upload"]["status"] == "ready",
        deadline_s=90,
        pause_s=ASK_EVERY_S,
    )
    return session_id


def start_export(client: httpx.Client, session_id: str) -> str:
    """Ask for an export and wait until it renders."""
    export_id: str = client.post("/api/export", json={"sessionId": session_id}).json()["exportId"]
    wait_until(lambda: state_of(client, export_id)["progress"] >= 5, deadline_s=60, pause_s=ASK_EVERY_S)
    return export_id


def state_of(client: httpx.Client, export_id: str) -> dict[str, Any]:
    """The export as it is; an instance that is just coming back is asked again."""
    export: dict[str, Any] = client.get(f"/api/export/{export_id}").json()["export"]
    return export


def finished(client: httpx.Client, export_id: str) -> dict[str, Any]:
    """The export once nothing more will happen to it."""
    wait_until(
        lambda: state_of(client, export_id)["status"] in ("completed", "failed", "canceled"),
        deadline_s=RECOVERY_S,
        pause_s=ASK_EVERY_S,
    )
    return state_of(client, export_id)


def processes_of(stack: Stack, *words: str) -> list[int]:
    """Processes below `omnisonic up` whose command line has all the words."""
    parents = dict(_all_processes())
    found = []
    for pid in parents:
        above = pid
        while above in parents and above != stack.pid:
            above = parents[above]
        if above == stack.pid and pid != stack.pid and all(word in _command(pid) for word in words):
            found.append(pid)
    return found


def _all_processes() -> list[tuple[int, int]]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            found.append((int(entry.name), int(fields[1])))
    return found


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def kill(pids: list[int]) -> None:
    """`kill -9`, all at once."""
    assert pids, "there was something to kill"
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue


def test_a_killed_worker_is_replaced_and_the_sound_is_the_same(
    stack: Stack, client: httpx.Client, session_id: str
) -> None:
    export_id = start_export(client, session_id)
    kill(processes_of(stack, "worker", "mixdown"))
    survivor = finished(client, export_id)
    assert survivor["status"] == "completed", survivor["errorMessage"]
    undisturbed = finished(client, start_export(client, session_id))
    assert survivor["pcmSha256"] == undisturbed["pcmSha256"]


def test_an_export_survives_the_loss_of_redis(stack: Stack, client: httpx.Client, session_id: str) -> None:
    export_id = start_export(client, session_id)
    kill(processes_of(stack, "valkey-server"))
    assert finished(client, export_id)["status"] == "completed"


def test_an_export_that_is_stopped_leaves_nothing(
    stack: Stack, client: httpx.Client, session_id: str
) -> None:
    export_id = start_export(client, session_id)
    assert client.post(f"/api/export/{export_id}/cancel").status_code == 200
    assert finished(client, export_id)["status"] == "canceled"
    wait_until(lambda: processes_of(stack, "ffmpeg") == [], deadline_s=30)
    stored = stack.data_dir / "storage" / "exports" / export_id
    wait_until(lambda: not stored.exists(), deadline_s=30)  # a job of its own
