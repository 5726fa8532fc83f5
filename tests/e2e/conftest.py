"""The whole of Omnisonic as people run it, and the browser that looks at it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx
import pytest

from omnisonic.platform.embedded.database_roles import SUPERUSER
from omnisonic.platform.embedded.folder import DataFolder
from omnisonic.platform.embedded.ports import free_ports
from scripts.browser import require_browser
from tests.disk import never_wait_for_the_disk

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

ROOT = Path(__file__).resolve().parents[2]
START_TIMEOUT_S = 240  # the first run builds the front end
STOP_TIMEOUT_S = 60
PATIENCE_MS = 20_000  # for what a page is to show; two stacks and two browsers share the machine
# The address bar's pop-ups are pages of their own, made for every window though nobody sees a window: half of
# what a fresh profile costs. This list takes the place of Playwright's; the part of it that matters follows.
DISABLED_FEATURES = (
    "WebUIOmniboxPopup",
    "WebUIOmniboxAimPopup",
    "WebUIOmniboxFullPopup",
    "AimEnabled",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "LensOverlay",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "ThirdPartyStoragePartitioning",
)
BROWSER_ARGUMENTS = [
    f"--disable-features={','.join(DISABLED_FEATURES)}",
    "--no-sandbox",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
]


@dataclass(frozen=True)
class Stack:
    """A running `omnisonic up`."""

    base_url: str
    gateway_url: str
    data_dir: Path
    pid: int

    @property
    def log(self) -> Path:
        """Everything that it printed."""
        return self.data_dir / "up.log"

    @property
    def mail_dir(self) -> Path:
        """Where mails are filed."""
        return self.data_dir / "mail"

    @property
    def environment(self) -> dict[str, str]:
        """Variables of its processes: DATABASE_URL, REDIS_URL, …"""
        return DataFolder(self.data_dir).running_environment()

    @property
    def admin_url(self) -> str:
        """Address of its database for the superuser."""
        folder = DataFolder(self.data_dir)
        server = urlsplit(folder.running_environment()["DATABASE_URL"])
        password = folder.secret(f"postgres-{SUPERUSER}")
        return f"postgresql://{SUPERUSER}:{password}@{server.hostname}:{server.port}{server.path}"


def pytest_collection_finish(session: pytest.Session) -> None:
    """Build the front end while other tests run, where a test of this run needs it; one worker does."""
    is_first = os.environ.get("PYTEST_XDIST_WORKER", "gw0") == "gw0"
    is_needed = any("stack" in getattr(item, "fixturenames", ()) for item in session.items)
    if not is_first or not is_needed or session.config.option.collectonly:
        return
    process = subprocess.Popen(
        [sys.executable, "-m", "omnisonic", "build"],  # the instances wait for its lock, and tell its faults
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    session.config.add_cleanup(lambda: _end_build(process))


def _end_build(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    process.wait(STOP_TIMEOUT_S)


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """`omnisonic up` on free ports with a data folder of its own; stopped and checked at the end."""
    folder = Path(tempfile.mkdtemp(prefix="omnisonic-e2e-"))
    folder.chmod(0o755)
    port, gateway_port, *others = free_ports(5)
    variables = {
        "OMNISONIC_ENV": "development",
        "OMNISONIC_DATA_DIR": str(folder),
        "PORT": str(port),
        "GATEWAY_PORT": str(gateway_port),
        **dict(zip(("GRAPH_PORT", "GRAPH_WS_PORT", "COSIGNER_PORT"), map(str, others), strict=True)),
        "OTEL_TRACES_EXPORTER": "none",
        "FETCH_ALLOWED_PRIVATE_HOSTS": "127.0.0.1",  # outlets and receivers of the tests
    }
    inherited = {name: value for name, value in os.environ.items() if name not in _server_variables()}
    with (folder / "up.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "omnisonic", "up", "--stop-with-parent"],
            cwd=ROOT,
            env={**inherited, **variables},
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    running = Stack(f"http://localhost:{port}", f"ws://localhost:{gateway_port}", folder, process.pid)
    try:
        _wait_until_ready(running, process)
        never_wait_for_the_disk(running.admin_url)
        yield running
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(STOP_TIMEOUT_S)
        shutil.rmtree(folder, ignore_errors=True)


def _server_variables() -> set[str]:
    """Addresses of the servers that the other tests use: this instance starts its own."""
    clickhouse = {f"CLICKHOUSE_{name}" for name in ("HOST", "PORT", "USER", "PASSWORD")}
    return clickhouse | {
        "DATABASE_URL",
        "DATABASE_MIGRATION_URL",
        "REDIS_URL",
        "SMTP_HOST",
        "SMTP_PORT",
        "SMTP_TLS",
    }


def _wait_until_ready(stack: Stack, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while "Omnisonic is ready" not in (printed := _printed(stack)) or not _answers(stack):
        if process.poll() is not None or time.monotonic() > deadline:
            pytest.fail(f"`omnisonic up` did not become ready:\n{printed[-4000:]}")
        time.sleep(0.1)


def _printed(stack: Stack) -> str:
    return stack.log.read_text(errors="replace")


def _answers(stack: Stack) -> bool:
    """Whether the web server is there: on a busy machine `up` goes on without it after a minute."""
    try:
        return httpx.get(stack.base_url, timeout=5).status_code < 500
    except httpx.TransportError:
        return False


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the run; each test opens contexts of its own in it."""
    from playwright.sync_api import expect, sync_playwright

    found = require_browser()
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=found.executable,
            args=BROWSER_ARGUMENTS,
            env={**os.environ, **found.environment},
        )
        yield chromium
        chromium.close()


@pytest.fixture
def new_context(browser: Browser, stack: Stack) -> Iterator[Callable[..., BrowserContext]]:
    """Open browser profiles that know nothing of each other: `new_context(viewport=…, color_scheme=…)`."""
    opened: list[BrowserContext] = []

    def make(**options: Any) -> BrowserContext:
        context = browser.new_context(**{"base_url": stack.base_url, "accept_downloads": True, **options})
        opened.append(context)
        return context

    yield make
    for context in opened:
        context.close()


@pytest.fixture
def page(new_context: Callable[..., BrowserContext]) -> Page:
    """A page in a fresh profile."""
    return new_context().new_page()
