"""Our processes as the tests start, kill and restart them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
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
        if program.is_alive():
            program.kill()


def is_running(pid: int) -> bool:
    """Whether a process exists and is no zombie."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"
