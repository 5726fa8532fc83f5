"""`omnisonic up`: servers, migrations, front end, all processes, and the address to open."""

from __future__ import annotations

import http.client
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from omnisonic.platform.embedded import explorer, frontend
from omnisonic.platform.embedded.console import Console
from omnisonic.platform.embedded.folder import DataFolder
from omnisonic.platform.embedded.listen import listen_host
from omnisonic.platform.embedded.ports import LOOPBACK, require_free
from omnisonic.platform.embedded.processes import ProcessSpec, reap_orphans
from omnisonic.platform.embedded.stack import EmbeddedStack
from omnisonic.platform.embedded.supervisor import Supervisor
from omnisonic.platform.jobs import Queue
from omnisonic.platform.settings import DEVELOPMENT_SECRET, Environment, Settings, get_settings

ROOT = Path(__file__).resolve().parents[3]
WORKER_GRACE_S = 15.0
PATIENCE_S = 60.0
PORTS = ("PORT", "GATEWAY_PORT", "GRAPH_PORT", "GRAPH_WS_PORT", "COSIGNER_PORT")


class StartFailed(Exception):
    """A step before the processes failed; what it printed says why."""


def up(*, stop_with_parent: bool = False) -> int:
    """Run Omnisonic on this machine until Ctrl-C; returns the exit status.

    Raises `SettingsError` (a taken port, a folder in use) before anything is started.
    """
    settings = get_settings()
    started = time.monotonic()
    for variable in PORTS:
        require_free(variable, getattr(settings, variable.lower()), listen_host(settings))
    folder = DataFolder.open(settings.omnisonic_data_dir)
    with folder.exclusive():
        console = Console()
        supervisor = Supervisor(console, folder, stop_with_parent=stop_with_parent)
        supervisor.listen_to_signals()
        try:
            with running_servers(EmbeddedStack.needed(settings, folder), settings, console) as stack:
                supervisor.spare(stack.process_ids)
                _prepare(supervisor)
                _run_processes(supervisor, stack, started)
                console.say("stopping …")
                supervisor.stop()
        except StartFailed as error:
            if not supervisor.is_stopping:
                console.say(str(error))
                return 1
        console.say("stopped")
    return 0


@contextmanager
def running_servers(stack: EmbeddedStack, settings: Settings, console: Console) -> Iterator[EmbeddedStack]:
    """The embedded servers, with their addresses in this process's environment (children inherit it)."""
    if stack.servers:
        console.say("starting " + ", ".join(server.name for server in stack.servers))
    try:
        environment = {**stack.start(), **application_environment(settings, stack.folder)}
        os.environ.update(environment)
        get_settings.cache_clear()
        stack.folder.publish(environment)
        yield stack
    finally:
        stack.stop()
        reap_orphans(set())


def application_environment(settings: Settings, folder: DataFolder) -> dict[str, str]:
    """Variables that a first start should not ask for; what the operator has set stays."""
    found = {"OMNISONIC_DATA_DIR": str(folder.root)}
    found |= {variable: str(getattr(settings, variable.lower())) for variable in PORTS}
    if settings.auth_secret.get_secret_value() == DEVELOPMENT_SECRET:
        found["AUTH_SECRET"] = folder.secret("auth")
    if settings.public_url == Settings.model_fields["public_url"].default:
        found["PUBLIC_URL"] = f"http://localhost:{settings.port}"
    if settings.omnisonic_env is Environment.DEVELOPMENT:
        given = settings.model_fields_set
        if "auth_enable_credentials" not in given:
            found["AUTH_ENABLE_CREDENTIALS"] = "true"
        if "otel_traces_exporter" not in given:
            found["OTEL_TRACES_EXPORTER"] = "console"
    return found


def process_specs() -> list[ProcessSpec]:
    """All processes but the web, in the order of their start."""
    names = [
        ["gateway"],
        ["graph"],
        ["relay"],
        ["cosigner"],
        *(["worker", queue.value] for queue in Queue),
        ["scheduler"],
    ]
    return [_command(*words) for words in names]


def _prepare(supervisor: Supervisor) -> None:
    """Bring database and front end up to date."""
    if supervisor.run_to_end(_command("migrate")) != 0:
        raise StartFailed("The database could not be migrated; nothing was started.")
    if frontend.is_current() and explorer.is_installed():
        return
    supervisor.console.say("building the front end (only when it changed; about a minute the first time)")
    if supervisor.run_to_end(_command("build")) != 0:
        raise StartFailed("The front end could not be built; nothing was started.")


def _run_processes(supervisor: Supervisor, stack: EmbeddedStack, started: float) -> None:
    settings = get_settings()

    def watch() -> list[int]:
        for name in stack.revive():
            supervisor.console.say(f"{name} died; started it again ({stack.folder.log(name)})")
        return stack.process_ids

    supervisor.add(_command("web"))
    # The page first: on two cores seven starts at once would make people wait for it.
    supervisor.run(watch, until=_answer_of(settings.port))
    if supervisor.is_stopping:
        return
    for spec in process_specs():
        supervisor.add(spec)
    # "Ready" is a promise: whoever opens the page now can also join a room and see changes as they happen.
    for port in (settings.gateway_port, settings.graph_ws_port):
        supervisor.run(watch, until=_answer_of(port))
    if not supervisor.is_stopping and not _answers(settings.port):
        supervisor.console.say("The pages do not answer yet; `omnisonic health web` tells more. Waiting …")
        supervisor.run(watch, until=lambda: _answers(settings.port))
    if supervisor.is_stopping:
        return
    _announce(supervisor.console, settings, started)
    supervisor.run(watch)


def _command(*words: str) -> ProcessSpec:
    grace_s = WORKER_GRACE_S if words[0] == "worker" else 10.0
    return ProcessSpec(
        "-".join(words), [sys.executable, "-m", "omnisonic", *words], folder=ROOT, grace_s=grace_s
    )


def _answer_of(port: int) -> Callable[[], bool]:
    """Whether the port answers over HTTP; after a minute we go on without it, and its log says why."""
    ends_s = time.monotonic() + PATIENCE_S
    return lambda: _answers(port) or time.monotonic() > ends_s


def _answers(port: int) -> bool:
    try:
        with closing(http.client.HTTPConnection(LOOPBACK, port, timeout=2)) as connection:
            connection.request("GET", "/")
            return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False


def _announce(console: Console, settings: Settings, started: float) -> None:
    console.say("")
    console.say(f"Omnisonic is ready after {time.monotonic() - started:.1f} s:  {settings.public_url}")
    if settings.auth_enable_credentials:
        console.say("Sign in with any e-mail address and a password of your choice (development only).")
    console.say(f"GraphQL: http://localhost:{settings.graph_port}/graphql   REST: {settings.public_url}/docs")
    console.say(f"Data, logs and mails: {settings.omnisonic_data_dir}   Stop: Ctrl-C")
    console.say("")
