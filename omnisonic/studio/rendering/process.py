"""One FFmpeg child: fenced in, watched, read from, and always gone at the end."""

from __future__ import annotations

import os
import resource
import selectors
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from fcntl import fcntl
from pathlib import Path

_F_SETPIPE_SZ = 1031
_READ_BYTES = 1 << 17
_PIPE_BYTES = 1 << 20
_TICK_S = 0.1
_GRACE_S = 3.0
_LOG_TAIL_BYTES = 64 * 1024

Consumer = Callable[[bytes], None]


class ProcessFailed(Exception):
    """The child ended with an error; `log` holds the end of what it said."""

    def __init__(self, returncode: int, log: str) -> None:
        super().__init__(f"ffmpeg ended with {returncode}: {log[-500:]}")
        self.returncode = returncode
        self.log = log


class ProcessTooSlow(Exception):
    """The child ran longer than its wall-clock bound."""


class ProcessStopped(Exception):
    """`should_stop` said so."""


@dataclass(frozen=True, kw_only=True)
class ProcessBounds:
    """What one child may use."""

    wall_clock_s: float = 600.0
    address_space_bytes: int = 4 << 30
    file_size_bytes: int = 8 << 30


@dataclass(frozen=True, kw_only=True)
class Watch:
    """How the caller follows and stops a run; `on_time_us` gets the position in the output."""

    on_time_us: Callable[[int], None] = field(default=lambda _position_us: None)
    should_stop: Callable[[], bool] = field(default=lambda: False)


class PipeSet:
    """Ends handed to FFmpeg as `pipe:<fd>`, and our read ends with the consumers of what comes out."""

    def __init__(self) -> None:
        self.consumers: dict[int, Consumer] = {}
        self.child_ends: list[int] = []

    def open(self, consumer: Consumer) -> str:
        """Make a pipe and return its FFmpeg address."""
        read_end, write_end = os.pipe()
        widen(write_end)
        self.consumers[read_end] = consumer
        return self.hand_over(write_end)

    def hand_over(self, end: int) -> str:
        """Give an end to the child and return its FFmpeg address; ours is closed once the child runs."""
        self.child_ends.append(end)
        return f"pipe:{end}"

    def close_child_ends(self) -> None:
        """Ours must go, or no reader ever sees the end."""
        while self.child_ends:
            os.close(self.child_ends.pop())

    def close(self) -> None:
        """Close everything that is still open."""
        self.close_child_ends()
        for read_end in self.consumers:
            os.close(read_end)
        self.consumers = {}


def widen(end: int) -> None:
    """Let a pipe hold more, for fewer switches between its two processes; the default works too."""
    with suppress(OSError):
        fcntl(end, _F_SETPIPE_SZ, _PIPE_BYTES)


@contextmanager
def open_pipes() -> Iterator[PipeSet]:
    """A `PipeSet` that is closed at the end."""
    pipes = PipeSet()
    try:
        yield pipes
    finally:
        pipes.close()


def run_ffmpeg(
    command: Sequence[str], *, cwd: Path, pipes: PipeSet, bounds: ProcessBounds, watch: Watch
) -> str:
    """Run to the end, feeding the consumers; returns the tail of the log.

    Raises `ProcessFailed`, `ProcessTooSlow`, `ProcessStopped`; whatever happens, the child is gone after.
    """
    log = bytearray()
    progress = pipes.open(_ProgressReader(watch.on_time_us).feed)
    arguments = [command[0], "-hide_banner", "-nostdin", "-nostats", "-stats_period", "0.25"]
    arguments += ["-progress", progress, *command[1:]]
    child = subprocess.Popen(
        arguments,
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        pass_fds=tuple(pipes.child_ends),
        start_new_session=True,
        env={"PATH": os.defpath, "LC_ALL": "C"},
    )
    try:
        _fence(child.pid, bounds)
        pipes.close_child_ends()
        assert child.stderr is not None  # noqa: S101  (asked for above)
        readers: dict[int, Consumer] = {**pipes.consumers, child.stderr.fileno(): _tail(log)}
        _pump(readers, deadline=time.monotonic() + bounds.wall_clock_s, watch=watch)
        returncode = child.wait(timeout=_GRACE_S)
    finally:
        pipes.close()  # before the end: a child that waits for a reader would not hear the signal
        _end(child)
    text = log.decode(errors="replace")
    if returncode != 0:
        raise ProcessFailed(returncode, text)
    return text


def _pump(readers: Mapping[int, Consumer], *, deadline: float, watch: Watch) -> None:
    with selectors.DefaultSelector() as selector:
        for read_end, consumer in readers.items():
            selector.register(read_end, selectors.EVENT_READ, consumer)
        while selector.get_map():
            for key, _ in selector.select(_TICK_S):
                content = os.read(key.fd, _READ_BYTES)
                if content:
                    key.data(content)
                else:
                    selector.unregister(key.fd)
            if watch.should_stop():
                raise ProcessStopped
            if time.monotonic() > deadline:
                raise ProcessTooSlow


def _fence(pid: int, bounds: ProcessBounds) -> None:
    if not hasattr(resource, "prlimit"):
        return  # only Linux can limit a running child; the wall clock holds everywhere
    with suppress(ProcessLookupError):
        for kind, limit in (
            (resource.RLIMIT_AS, bounds.address_space_bytes),
            (resource.RLIMIT_FSIZE, bounds.file_size_bytes),
            (resource.RLIMIT_CORE, 0),
        ):
            resource.prlimit(pid, kind, (limit, limit))


def _end(child: subprocess.Popen[bytes]) -> None:
    if child.stderr is not None:
        child.stderr.close()
    if child.poll() is not None:
        return
    child.terminate()
    try:
        child.wait(timeout=_GRACE_S)
    except subprocess.TimeoutExpired:
        child.send_signal(signal.SIGKILL)
        child.wait()


def _tail(log: bytearray) -> Consumer:
    def keep(content: bytes) -> None:
        log.extend(content)
        del log[:-_LOG_TAIL_BYTES]

    return keep


class _ProgressReader:
    """Reads `-progress` lines. `out_time_us` it is: `out_time_ms` carries microseconds, too."""

    def __init__(self, on_time_us: Callable[[int], None]) -> None:
        self._on_time_us = on_time_us
        self._rest = b""

    def feed(self, content: bytes) -> None:
        *lines, self._rest = (self._rest + content).split(b"\n")
        for line in lines:
            name, _, value = line.partition(b"=")
            if name == b"out_time_us" and value.strip().isdigit():
                self._on_time_us(int(value))
