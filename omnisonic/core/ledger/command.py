"""`omnisonic ledger …`: keys, the audit and the replay, for operators."""

from __future__ import annotations

import json
from typing import TextIO

from omnisonic.core.ledger.audit import run_audit, summary
from omnisonic.core.ledger.keys import generate_keys
from omnisonic.core.ledger.replay import replay as put_back
from omnisonic.core.ledger.rotation import KeyRole, rotate_cosigner_key, rotate_log_key
from omnisonic.platform.settings import get_settings

STRAY_SHOWN = 200


def keygen(*, output: TextIO) -> int:
    """Print new keys for the log and its cosigner as settings; nothing is stored."""
    log, cosigner = generate_keys(get_settings().ledger_origin)
    output.write(
        "# The process that closes cycles (web, graph, workers):\n"
        f"LEDGER_SIGNING_KEY={log.skey}\n"
        f"LEDGER_COSIGNER_VKEY={cosigner.verifier.vkey}\n"
        "# The process `cosigner`, better on another machine:\n"
        f"LEDGER_COSIGNER_KEY={cosigner.skey}\n"
        f"COSIGNER_LOG_VKEYS={log.verifier.vkey}\n"
    )
    return 0


def rotate(role: str, *, output: TextIO) -> int:
    """Make a new key for the log or its cosigner and say what is to be done with it."""
    done = rotate_log_key() if KeyRole(role) is KeyRole.LOG else rotate_cosigner_key()
    output.write(f"New public key of the {role}: {done.vkey}\n")
    output.writelines(f"{number}. {step}\n" for number, step in enumerate(done.steps, start=1))
    return 0


def audit(*, as_json: bool, output: TextIO) -> int:
    """Check the ledger against its log; the exit status is 1 if anything contradicts."""
    found = run_audit()
    if as_json:
        output.writelines(f"{json.dumps(one)}\n" for one in found.findings or [])
    else:
        output.write(f"{summary(found)}\nRoot of {found.tree_size:,} leaves: {(found.root or b'').hex()}\n")
    return 0 if found.is_sound else 1


def replay(*, output: TextIO) -> int:
    """Put back what a database restored from an older dump lacks; says what became of it."""
    done = put_back()
    if done.from_size == done.to_size and not done.checkpoints:
        output.write(f"Nothing is missing: the database has all {done.to_size:,} published leaves.\n")
        return 0
    output.write(
        f"{done.to_size - done.from_size:,} leaves were put back, the log has {done.to_size:,}.\n"
        f"Rows: {done.journals:,} journals, {done.entries:,} entries, {done.records:,} records, "
        f"{done.checkpoints:,} checkpoints; {done.cycles:,} cycles are closed again.\n"
        f"Books: {done.books.events:,} usage events, {done.books.statements:,} statements with "
        f"{done.books.lines:,} lines, {done.books.payouts:,} paid payouts, {done.books.disputes:,} disputes, "
        f"{done.books.claims:,} claims, {done.books.rates:,} exchange rates; "
        f"{done.books.cycles:,} open cycles with the months of what was booked in them.\n"
    )
    output.writelines(f"Not rebuilt, {one}\n" for one in done.unresolved)
    if done.stray:
        output.write(
            f"{len(done.stray):,} journals were booked since the restore in a cycle that is closed now. "
            "They are in the ledger and on balances, and in no statement:\n"
        )
        output.writelines(f"  {key}\n" for key in done.stray[:STRAY_SHOWN])
    return 0
