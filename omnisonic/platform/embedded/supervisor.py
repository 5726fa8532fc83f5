"""Keeps a set of processes running: restarts what dies, slower each time, and stops all in order."""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from omnisonic.platform.embedded.console import Console, LogPump
from omnisonic.platform.embedded.folder import DataFolder
from omnisonic.platform.embedded.processes import (
    ProcessSpec,
    adopt_orphans,
    child_pids,
    kill_group,
    reap_orphans,
    request_stop,
    start,
)

TICK_S = 0.2
FIRST_DELAY_S = 0.5
LONGEST_DELAY_S = 30.0
STEADY_AFTER_S = 30.0
LOOP_AFTER = 3


@dataclass
class Child:
    """One supervised process and its history."""

    spec: ProcessSpec
    pump: LogPump
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    failures: int = 0
    restart_at: float = 0.0

    @property
    def is_running(self) -> bool:
        """Whether it runs now."""
        return self.process is not None and self.process.poll() is None


class Supervisor:
    """A single thread: it starts, reads, restarts and stops, and waits on pipes in between."""

    def __init__(self, console: Console, folder: DataFolder, *, stop_with_parent: bool = False) -> None:
        self.console = console
        self.folder = folder
        self.children: list[Child] = []
        self.stop_requests = 0
        self._selector = selectors.DefaultSelector()
        self._others = child_pids()  # children of this process that are none of our business
        self._parent = os.getppid() if stop_with_parent else None
        adopt_orphans()

    def listen_to_signals(self) -> None:
        """Ctrl-C, SIGTERM and SIGHUP stop everything; asked twice, without waiting."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: self.request_stop())

    def request_stop(self) -> None:
        """End `run` at its next turn."""
        self.stop_requests += 1

    @property
    def is_stopping(self) -> bool:
        """Whether a stop was asked for, or the parent that we belong to is gone."""
        if self._parent is not None and os.getppid() != self._parent:
            self.stop_requests = max(self.stop_requests, 1)
        return self.stop_requests > 0

    def spare(self, pids: Iterable[int]) -> None:
        """Leave these children of this process alone: somebody else stops them."""
        self._others.update(pids)

    def add(self, spec: ProcessSpec) -> None:
        """Start `spec` and keep it running."""
        child = Child(spec, LogPump(spec.name, self.console, self.folder.log(spec.name)))
        self.children.append(child)
        self._start(child)

    def run(self, also_watch: Callable[[], list[int]], until: Callable[[], bool] | None = None) -> None:
        """Work until a stop is requested (or `until` is true).

        `also_watch` looks after processes of others and returns their ids.
        """
        while not self.is_stopping and not (until and until()):
            self.spare(also_watch())
            self._read(TICK_S)
            for child in self.children:
                self._tend(child)
            reap_orphans(self._others | self._own_pids())

    def run_to_end(self, spec: ProcessSpec) -> int:
        """Run `spec` once, showing its output; returns its exit status (stopped early: negative)."""
        child = Child(spec, LogPump(spec.name, self.console, self.folder.log(spec.name)))
        self._start(child)
        assert child.process is not None  # noqa: S101 (just started)
        while child.is_running and not self.is_stopping:
            self._read(TICK_S)
        self._end([child])
        return child.process.returncode

    def stop(self) -> None:
        """Stop every child, all at once, each within its grace (a second request cuts that short)."""
        self._end(self.children)
        reap_orphans(self._others)

    def _end(self, children: list[Child]) -> None:
        asked_before = self.stop_requests
        deadline = time.monotonic() + max((child.spec.grace_s for child in children), default=0.0)
        for child in children:
            if child.process is not None:
                request_stop(child.process, child.spec)
        while any(child.is_running for child in children):
            late = [child for child in children if child.is_running]
            if time.monotonic() > deadline or self.stop_requests > max(asked_before, 1):
                self.console.say("killing " + ", ".join(child.spec.name for child in late))
                break
            self._read(TICK_S / 4)
        for child in children:
            if child.process is not None:
                kill_group(child.process)
                child.process.wait()
                self._drain(child)

    def _own_pids(self) -> set[int]:
        return {child.process.pid for child in self.children if child.process is not None}

    def _start(self, child: Child) -> None:
        child.process = start(child.spec, subprocess.PIPE)
        child.started_at = time.monotonic()
        child.restart_at = 0.0
        assert child.process.stdout is not None  # noqa: S101 (we asked for a pipe)
        os.set_blocking(child.process.stdout.fileno(), False)
        self._selector.register(child.process.stdout, selectors.EVENT_READ, child)

    def _read(self, timeout_s: float) -> None:
        if not self._selector.get_map():
            time.sleep(timeout_s)
            return
        for key, _ in self._selector.select(timeout_s):
            if not key.data.pump.drain(key.fd):
                self._selector.unregister(key.fileobj)

    def _drain(self, child: Child) -> None:
        """Read what a dead process left in its pipe, then close it."""
        pipe = child.process.stdout if child.process else None
        if pipe is None or pipe.closed:
            return
        if pipe in self._selector.get_map():
            self._selector.unregister(pipe)
            child.pump.drain(pipe.fileno())
        pipe.close()

    def _tend(self, child: Child) -> None:
        if child.process is None:
            if child.restart_at and time.monotonic() >= child.restart_at:
                self._start(child)
            return
        if child.process.poll() is None:
            return
        kill_group(child.process)
        self._drain(child)
        self._plan_restart(child, child.process.returncode)
        child.process = None

    def _plan_restart(self, child: Child, status: int) -> None:
        now = time.monotonic()
        steady = now - child.started_at > STEADY_AFTER_S
        child.failures = 1 if steady else child.failures + 1
        delay_s = min(FIRST_DELAY_S * 2 ** (child.failures - 1), LONGEST_DELAY_S)
        child.restart_at = now + delay_s
        ended = f"was ended by {signal.Signals(-status).name}" if status < 0 else f"left with status {status}"
        name = child.spec.name
        if child.failures < LOOP_AFTER:
            self.console.say(f"{name} {ended}; starting it again in {delay_s:g} s")
            return
        self.console.say(
            f"{name} KEEPS FAILING: {child.failures} times in a row, it {ended}. "
            f"Trying again in {delay_s:g} s. Everything it printed: {self.folder.log(name)}"
        )
        for line in child.pump.tail:
            self.console.say(f"  {name}: {line}")
