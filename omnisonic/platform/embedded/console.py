"""What the supervisor prints: each process's lines behind its name, in its own color."""

from __future__ import annotations

import os
import sys
from collections import deque
from pathlib import Path
from typing import IO

COLORS = (36, 33, 32, 35, 34, 96, 93, 92, 95, 94)  # ANSI foregrounds that read on dark and light
NAME_WIDTH = 18
KEPT_LINES = 12
CHUNK_BYTES = 65536
SPAN_START = '{"name": '


class Console:
    """The terminal, shared by all processes."""

    def __init__(self, stream: IO[str] = sys.stdout) -> None:
        self.stream = stream
        self.colored = stream.isatty() and "NO_COLOR" not in os.environ
        self.colors: dict[str, int] = {}

    def line(self, name: str, text: str) -> None:
        """Print one line of process `name`."""
        label = f"{name:<{NAME_WIDTH}}"
        if self.colored:
            color = self.colors.setdefault(name, COLORS[len(self.colors) % len(COLORS)])
            label = f"\x1b[{color}m{label}\x1b[0m"
        try:
            print(f"{label} {text}", file=self.stream, flush=True)
        except BrokenPipeError:  # nobody reads any more; the log files still get everything
            self.stream = Path(os.devnull).open("w")  # noqa: SIM115 (for the rest of the run)

    def say(self, text: str) -> None:
        """Print a line of the supervisor itself."""
        self.line("omnisonic", text)


class LogPump:
    """Carries one process's output from its pipe to its log file and the console."""

    def __init__(self, name: str, console: Console, file: Path) -> None:
        self.name = name
        self.console = console
        self.file = file.open("ab")
        self.tail: deque[str] = deque(maxlen=KEPT_LINES)
        self._rest = b""

    def drain(self, descriptor: int) -> bool:
        """Pass on what is waiting; False at the end of the output."""
        try:
            chunk = os.read(descriptor, CHUNK_BYTES)
        except BlockingIOError:
            return True
        self.file.write(chunk)
        self.file.flush()
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        if not chunk and self._rest:
            lines, self._rest = [self._rest], b""
        for raw in lines:
            text = raw.decode(errors="replace").rstrip("\r")
            if text.startswith(SPAN_START):  # traces are for the log file: they would drown the log here
                continue
            self.tail.append(text)
            self.console.line(self.name, text)
        return bool(chunk)
