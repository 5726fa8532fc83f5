"""The command line: each command imports only what it needs and hands over."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence

from omnisonic.platform.errors import OmnisonicError
from omnisonic.platform.jobs import Queue
from omnisonic.platform.settings import SettingsError, get_settings

Arguments = argparse.Namespace
Command = Callable[[Arguments], int]
PROCESSES = (
    "web",
    "gateway",
    "graph",
    "relay",
    "cosigner",
    "scheduler",
    *(f"worker-{queue.value}" for queue in Queue),
)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command; wrong settings and refusals end with a sentence, not with a traceback."""
    chosen = parser().parse_args(arguments)
    if chosen.command not in ("up", "tag", "verify"):
        adopt_running_instance()
    try:
        sys.exit(chosen.run(chosen))
    except SettingsError as error:
        sys.exit(str(error))
    except OmnisonicError as error:
        sys.exit(f"{error.title}: {error.detail}")
    except KeyboardInterrupt:
        sys.exit(130)


def parser() -> argparse.ArgumentParser:
    """All commands with their arguments."""
    top = argparse.ArgumentParser(prog="omnisonic", description="Omnisonic on the command line.")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")

    up = _add(commands, "up", run_up, "start servers and all processes on this machine")
    up.add_argument("--stop-with-parent", action="store_true", help="stop when the starting process ends")
    _add(commands, "build", run_build, "build the front end if its sources changed")
    _add(commands, "migrate", run_migrate, "bring the database up to date")
    _add(commands, "web", run_web, "run the web process")
    _add(commands, "gateway", run_gateway, "run the realtime gateway")
    _add(commands, "graph", run_graph, "run the GraphQL service")
    _add(commands, "relay", run_relay, "run the outbox relay")
    _add(commands, "cosigner", run_cosigner, "run the cosigner of the ledger's checkpoints")
    _add(commands, "scheduler", run_scheduler, "run the scheduler")
    worker = _add(commands, "worker", run_worker, "run the workers of one queue")
    worker.add_argument("queue", choices=[queue.value for queue in Queue])
    worker.add_argument("--concurrency", type=int, help="jobs at once")
    health = _add(commands, "health", run_health, "ask whether a process is well")
    health.add_argument("process", choices=PROCESSES)
    tag = _add(commands, "tag", run_tag, "find the entities of a catalog in news items, both as JSON Lines")
    tag.add_argument(
        "--catalog", required=True, metavar="FILE", help="{id, type, name, aliases?, artistIds?}"
    )
    tag.add_argument(
        "--items", required=True, metavar="FILE", help="{id, title, text?, source?}; - reads stdin"
    )
    tag.add_argument("--min-confidence", type=float, default=0.5, metavar="P", help="0 to 1; default 0.5")
    tag.add_argument("--evidence", action="store_true", help="add what led to each link")
    alerts = _add(commands, "alerts", run_alerts, "what alert rules would have found, as JSON Lines")
    alerts.add_argument("action", choices=["replay"])
    alerts.add_argument(
        "--from", dest="since", required=True, metavar="TIME", help="2026-11-01 or with a time"
    )
    alerts.add_argument("--to", dest="until", required=True, metavar="TIME")
    alerts.add_argument("--rule", metavar="FILE", help="a rule as the API takes it; else every enabled one")
    alerts.add_argument(
        "--mentions", metavar="FILE", help="{at, entityId, source, story?, …}; else those of the instance"
    )
    verify = _add(commands, "verify", run_verify, "check a proof file of a ledger's log, offline")
    verify.add_argument("file", metavar="FILE", help="the .tlog-proof file")
    verify.add_argument("--vkey", action="append", default=[], help="the public key of the log")
    verify.add_argument("--cosigner-vkey", action="append", default=[], help="the public key of the cosigner")
    verify.add_argument("--keys", metavar="FILE", help="a file with both, one a line")
    _add_ledger(commands)
    _add(commands, "demo", run_demo, "fill the running instance with a song")

    token = _add(commands, "token", run_token, "make an API token")
    token.add_argument("action", choices=["create"])
    token.add_argument("email", help="whose token")
    token.add_argument("--name", default="command line")
    token.add_argument("--scopes", default="studio", help="comma-separated")
    user = _add(commands, "user", run_user, "give an account a role")
    user.add_argument("action", choices=["grant"])
    user.add_argument("email")
    user.add_argument("role")
    return top


def adopt_running_instance() -> None:
    """Take the addresses of the instance that runs on this data folder, where none are set."""
    from omnisonic.platform.embedded.folder import DataFolder

    root = get_settings().omnisonic_data_dir
    if root.is_dir():
        for name, value in DataFolder(root.resolve()).running_environment().items():
            os.environ.setdefault(name, value)
        get_settings.cache_clear()


def run_up(arguments: Arguments) -> int:
    """Start everything."""
    from omnisonic.platform.embedded.up import up

    return up(stop_with_parent=arguments.stop_with_parent)


def run_build(_: Arguments) -> int:
    """Build the front end."""
    from omnisonic.platform.embedded import explorer, frontend

    rebuilt = frontend.build()
    explorer.install()
    print("The front end is built." if rebuilt else "The front end is up to date.")
    return 0


def run_verify(arguments: Arguments) -> int:
    """Check a proof file with the very verifier that strangers download."""
    from omnisonic.core.ledger import offline_verifier

    return offline_verifier.check_file(
        arguments.file, [*arguments.vkey, *arguments.cosigner_vkey], arguments.keys
    )


def run_migrate(_: Arguments) -> int:
    """Apply the migrations."""
    from omnisonic.platform.embedded.migrations import migrate

    migrate()
    return 0


def run_web(_: Arguments) -> int:
    """Serve pages and API."""
    from omnisonic.platform.embedded.web_server import run

    run()
    return 0


def run_gateway(_: Arguments) -> int:
    """Serve the rooms."""
    from omnisonic.studio.rooms.gateway import run

    run()
    return 0


def run_graph(_: Arguments) -> int:
    """Serve the graph."""
    from graph_service.process import run

    run()
    return 0


def run_relay(_: Arguments) -> int:
    """Drain the outbox and let the ledger's log grow."""
    from omnisonic.core.ledger.chores import relay_chores
    from omnisonic.platform.relay import run

    run(relay_chores())
    return 0


def run_cosigner(_: Arguments) -> int:
    """Cosign checkpoints."""
    from omnisonic.core.ledger.cosigner import run

    run()
    return 0


def run_ledger(arguments: Arguments) -> int:
    """Keys, audit and replay of the ledger."""
    from omnisonic.core.ledger import command

    if arguments.action == "keygen":
        return command.keygen(output=sys.stdout)
    if arguments.action == "rotate":
        return command.rotate(arguments.key, output=sys.stdout)
    if arguments.action == "replay":
        return command.replay(output=sys.stdout)
    return command.audit(as_json=arguments.json, output=sys.stdout)


def run_scheduler(_: Arguments) -> int:
    """Start what is due."""
    from workers.schedule import run

    run()
    return 0


def run_worker(arguments: Arguments) -> int:
    """Work on one queue."""
    from workers.runtime import run

    run(Queue(arguments.queue), concurrency=arguments.concurrency or _concurrency(Queue(arguments.queue)))
    return 0


def run_health(arguments: Arguments) -> int:
    """Exit status 0 when the process is well."""
    from omnisonic.platform.health import check_process

    return check_process(arguments.process)


def run_demo(_: Arguments) -> int:
    """Make the demo session."""
    from workers.demo import run

    return run()


def run_tag(arguments: Arguments) -> int:
    """Links of the items, one JSON object per line."""
    from omnisonic.insight.tagging.command import run

    return run(
        arguments.catalog,
        arguments.items,
        output=sys.stdout,
        min_confidence=arguments.min_confidence,
        evidence=arguments.evidence,
    )


def run_alerts(arguments: Arguments) -> int:
    """Replay alert rules over the past."""
    from omnisonic.insight.alerts.command import replay

    return replay(
        since=arguments.since,
        until=arguments.until,
        output=sys.stdout,
        rule=arguments.rule,
        mentions=arguments.mentions,
    )


def run_token(arguments: Arguments) -> int:
    """Print a new token once."""
    from omnisonic.platform.auth.cli import create_token

    print(create_token(arguments.email, name=arguments.name, scopes=arguments.scopes.split(",")))
    return 0


def run_user(arguments: Arguments) -> int:
    """Change a role."""
    from omnisonic.platform.auth.cli import grant_role

    grant_role(arguments.email, arguments.role)
    return 0


def _add_ledger(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    ledger = _add(commands, "ledger", run_ledger, "the royalty ledger's log: keys, audit, replay")
    actions = ledger.add_subparsers(dest="action", required=True, metavar="ACTION")
    actions.add_parser("keygen", help="print new keys for the log and its cosigner as settings")
    rotate = actions.add_parser("rotate", help="make a new key that signs from the next checkpoint on")
    rotate.add_argument("key", choices=["log", "cosigner"])
    actions.add_parser("replay", help="put back what a database restored from an older dump lacks")
    audit = actions.add_parser("audit", help="check every row, tile, root and signature; status 1 if unsound")
    audit.add_argument("--json", action="store_true", help="findings as JSON Lines")


def _concurrency(queue: Queue) -> int:
    if queue is Queue.MIXDOWN:
        return get_settings().export_worker_concurrency
    return 2 if queue in (Queue.MEDIA, Queue.FEEDS, Queue.ALERTS) else 1


def _add(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], name: str, run: Command, text: str
) -> argparse.ArgumentParser:
    added = commands.add_parser(name, help=text, description=text)
    added.set_defaults(run=run)
    return added
