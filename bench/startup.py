"""How long people wait: from `make run` to the first page, warm (started before) and cold (fresh clone)."""

from __future__ import annotations

import http.client
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

from bench.report import Figure
from omnisonic.platform.embedded.ports import LOOPBACK, free_port

ROOT = Path(__file__).resolve().parents[1]
WARM_STARTS = 3
PATIENCE_S = 900
POLL_S = 0.05


def run(quick: bool) -> list[Figure]:
    """`warm_s` always; `cold_s` (minutes: packages, npm, build) only without `--quick`."""
    figures = []
    with_data = Path(tempfile.mkdtemp(prefix="omnisonic-bench-"))
    with_data.chmod(0o755)  # the database's user has to get in
    try:
        _seconds_to_page(ROOT, with_data)  # makes the cluster and, if need be, the front end
        warm = [_seconds_to_page(ROOT, with_data) for _ in range(1 if quick else WARM_STARTS)]
        figures.append(Figure("startup", "warm_s", "-", statistics.median(warm), None, "s", False))
        if not quick:
            clone = with_data / "clone"
            subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
            cold = _seconds_to_page(clone, clone / ".omnisonic")
            figures.append(Figure("startup", "cold_s", "-", cold, None, "s", False))
    finally:
        shutil.rmtree(with_data, ignore_errors=True)
    return figures


def _seconds_to_page(checkout: Path, data_dir: Path) -> float:
    """Run `make run` in `checkout` until it serves its first page, then stop it."""
    port = free_port()
    environment = {
        **os.environ,
        "PORT": str(port),
        "GATEWAY_PORT": str(free_port()),
        "COSIGNER_PORT": str(free_port()),
        "OMNISONIC_DATA_DIR": str(data_dir),
    }
    started = time.monotonic()
    process = subprocess.Popen(
        ["make", "run", f"PYTHON={sys.executable}"],
        cwd=checkout,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        while not _serves_page(port):
            if process.poll() is not None or time.monotonic() - started > PATIENCE_S:
                raise RuntimeError(f"`make run` in {checkout} did not serve a page")
            time.sleep(POLL_S)
        return time.monotonic() - started
    finally:
        os.killpg(process.pid, signal.SIGINT)
        process.wait(60)
        _wait_until_gone(process.pid)


def _serves_page(port: int) -> bool:
    try:
        with closing(http.client.HTTPConnection(LOOPBACK, port, timeout=5)) as connection:
            connection.request("GET", "/")
            return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False


def _wait_until_gone(group: int) -> None:
    """`make` leaves before what it started: the next start needs the data folder."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return
        time.sleep(POLL_S)
