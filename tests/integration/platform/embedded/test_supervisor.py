"""The supervisor with real processes: restarts, says what fails, leaves nothing behind."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from omnisonic.platform.embedded.console import Console
from omnisonic.platform.embedded.folder import DataFolder
from omnisonic.platform.embedded.processes import ProcessSpec
from omnisonic.platform.embedded.supervisor import Supervisor

SLEEPER = "import os, sys, time; print('pid', os.getpid(), flush=True); time.sleep(600)"
FORKER = (
    "import subprocess, sys, time;"
    " child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'],"
    " start_new_session=True);"
    " print('child', child.pid, flush=True); time.sleep(600)"
)
STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
    " print('deaf', flush=True); time.sleep(600)"
)


class Bench:
    """A supervisor whose output can be read."""

    def __init__(self, root: Path) -> None:
        self.output = io.StringIO()
        self.supervisor = Supervisor(Console(self.output), DataFolder.open(root))

    def add(self, name: str, script: str, grace_s: float = 5.0) -> None:
        self.supervisor.add(ProcessSpec(name, [sys.executable, "-c", script], grace_s=grace_s))

    def run_until(self, condition: Callable[[str], bool]) -> str:
        deadline = time.monotonic() + 60
        self.supervisor.run(
            list, until=lambda: condition(self.output.getvalue()) or time.monotonic() > deadline
        )
        assert condition(self.output.getvalue()), self.output.getvalue()
        return self.output.getvalue()


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    yield made
    made.supervisor.stop()


def printed_number(output: str, word: str) -> int:
    return int(output.rsplit(f"{word} ", 1)[1].split()[0])


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def test_a_killed_process_is_started_again(bench: Bench) -> None:
    bench.add("relay", SLEEPER)
    first = printed_number(bench.run_until(lambda text: "pid " in text), "pid")
    os.kill(first, signal.SIGKILL)
    output = bench.run_until(lambda text: text.count("pid ") == 2)
    assert "relay was ended by SIGKILL; starting it again" in output
    assert printed_number(output, "pid") != first


def test_a_crash_loop_is_said_clearly_with_its_reason(bench: Bench) -> None:
    bench.add("gateway", "raise SystemExit('no such setting')")
    output = bench.run_until(lambda text: "KEEPS FAILING" in text)
    assert "gateway KEEPS FAILING: 3 times in a row, it left with status 1" in output
    assert "gateway: no such setting" in output


def test_children_of_a_killed_process_do_not_go_on(bench: Bench) -> None:
    bench.add("worker", FORKER)
    orphan = printed_number(bench.run_until(lambda text: "child " in text), "child")
    assert bench.supervisor.children[0].process is not None
    bench.supervisor.children[0].process.kill()
    bench.run_until(lambda text: text.count("child ") == 2)
    assert not is_alive(orphan)


def test_children_of_others_are_left_alone(tmp_path: Path) -> None:
    other = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    try:
        bench = Bench(tmp_path)
        bench.add("relay", SLEEPER)
        bench.run_until(lambda text: "pid " in text)
        bench.supervisor.stop()
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


def test_stop_ends_even_a_process_that_does_not_listen(bench: Bench) -> None:
    bench.add("web", STUBBORN, grace_s=0.5)
    bench.run_until(lambda text: "deaf" in text)
    process = bench.supervisor.children[0].process
    assert process is not None
    bench.supervisor.stop()
    assert process.returncode == -signal.SIGKILL
    assert "killing web" in bench.output.getvalue()


def test_output_goes_to_the_terminal_and_to_a_file(bench: Bench, tmp_path: Path) -> None:
    bench.add("mail", "print('one\\ntwo', end='', flush=True); import time; time.sleep(0.2)")
    output = bench.run_until(lambda text: "two" in text)
    assert "mail               one" in output
    assert (tmp_path / "logs" / "mail.log").read_text().startswith("one\ntwo")


def test_a_step_gives_its_status(bench: Bench) -> None:
    spec = ProcessSpec("migrate", [sys.executable, "-c", "raise SystemExit(3)"])
    assert bench.supervisor.run_to_end(spec) == 3
