"""Our processes as the tests start, kill and restart them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

ROOT = Path(__file__).parents[1]
RELAY = "from omnisonic.platform.relay import run; run()"
SCHEDULER = "from workers.schedule import run; run()"
WORKER = "from workers.runtime import run; run('maintenance', 1)"


class Program:
    """A Python program in a process of its own, with the test's settings."""

    def __init__(self, code: str, **variables: str) -> None:
        environment = {**os.environ, "PYTHONPATH": str(ROOT), **variables}
        self.process = subprocess.Popen(
            [sys.executable, "-c", code], cwd=ROOT, env=environment, start_new_session=True
        )

    @property
    def pid(self) -> int:
        """Its process id."""
        return self.process.pid

    def is_alive(self) -> bool:
        """Whether it still runs."""
        return self.process.poll() is None

    def kill(self) -> None:
        """`kill -9`, of this one process."""
        self.process.kill()
        self.process.wait()

    def stop(self, *, timeout_s: float = 30) -> int:
        """SIGTERM; returns its exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout_s)


@contextmanager
def running(code: str, **variables: str) -> Iterator[Program]:
    """A program for the length of a block."""
    program = Program(code, **variables)
    try:
        yield program
    finally:
        _end_session(program.pid)  # before the next test sends a job that a leftover would take
        program.process.wait()


def _end_session(session_id: int) -> None:
    """Kill a program and every process below it, until none is left."""
    while members := _members(session_id):
        for pid in members:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.01)


def _members(session_id: int) -> list[int]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            fields = (folder / "stat").read_text().rsplit(")", 1)[1].split()
            if int(fields[3]) == session_id and fields[0] != "Z":
                found.append(int(folder.name))
    return found


def is_running(pid: int) -> bool:
    """Whether a process exists and is no zombie."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"
