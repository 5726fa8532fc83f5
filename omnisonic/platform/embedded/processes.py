"""Operating-system processes: how one is started so that it cannot outlive us, and how it is stopped."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import IO, Any

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
POLL_S = 0.02


class ServerFailed(Exception):
    """A process did not start; the message shows where its log is."""


@dataclass(frozen=True)
class ProcessSpec:
    """One process to run: its command, its variables and how it likes to be stopped."""

    name: str
    command: list[str]
    environment: dict[str, str] = field(default_factory=dict)
    folder: Path | None = None
    user: str | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    grace_s: float = 10.0
    prepare: Callable[[], None] | None = None


@lru_cache(maxsize=1)
def _libc() -> Any:
    return ctypes.CDLL(None, use_errno=True)


def start(spec: ProcessSpec, output: IO[bytes] | int) -> subprocess.Popen[bytes]:
    """Start `spec` in a session of its own (Ctrl-C reaches only us); it is signaled if we die."""
    if spec.prepare:
        spec.prepare()
    drop: dict[str, Any] = {"user": spec.user, "group": _group_of(spec.user), "extra_groups": []}
    return subprocess.Popen(
        spec.command,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        cwd=spec.folder,
        env={**os.environ, **spec.environment},
        start_new_session=True,
        preexec_fn=_die_with_parent(spec.stop_signal),
        **(drop if spec.user else {}),
    )


def stop(process: subprocess.Popen[bytes], spec: ProcessSpec) -> None:
    """Ask `process` to leave, insist after its grace, and leave none of its children behind."""
    request_stop(process, spec)
    deadline = time.monotonic() + spec.grace_s
    while process.poll() is None and time.monotonic() < deadline:
        time.sleep(POLL_S)
    kill_group(process)
    process.wait()


def request_stop(process: subprocess.Popen[bytes], spec: ProcessSpec) -> None:
    """Send the stop signal once; nothing happens when it has gone already."""
    if process.poll() is None:
        process.send_signal(spec.stop_signal)


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """Kill what is left of a process and of the children that stayed in its group."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def adopt_orphans() -> None:
    """Make grandchildren ours when their parent dies, so that `reap_orphans` finds them (Linux)."""
    if sys.platform == "linux":
        _libc().prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def reap_orphans(own: set[int]) -> None:
    """Kill and collect adopted processes: a dead worker's job must not go on beside its retry."""
    for pid in child_pids() - own:
        try:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        except (ProcessLookupError, ChildProcessError):
            continue


def child_pids() -> set[int]:
    """Process ids of our direct children (empty where there is no /proc)."""
    found: set[int] = set()
    for listing in Path("/proc/self/task").glob("*/children"):
        try:
            found.update(int(pid) for pid in listing.read_text().split())
        except OSError:
            continue
    return found


def wait_until(condition: Callable[[], bool], *, timeout_s: float, interval_s: float = POLL_S) -> bool:
    """Whether `condition` became true within `timeout_s`."""
    deadline = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(interval_s)
    return True


def _die_with_parent(number: signal.Signals) -> Callable[[], None] | None:
    if sys.platform != "linux":
        return None
    libc, parent = _libc(), os.getpid()

    def in_child() -> None:
        libc.prctl(PR_SET_PDEATHSIG, int(number), 0, 0, 0)
        if os.getppid() != parent:  # the parent went before the request was made
            os.kill(os.getpid(), signal.SIGKILL)

    return in_child


def _group_of(user: str | None) -> int | None:
    if user is None:
        return None
    import pwd

    return pwd.getpwnam(user).pw_gid
