"""The guide to royalties names what exists, no other: every route, column, account, leaf and limit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from graph_service.limits import BUDGET_WINDOW_S, STRANGER_OPERATIONS
from omnisonic.core import money
from omnisonic.core.imports.headers import fold_header
from omnisonic.core.ledger import offline_verifier
from omnisonic.core.ledger.models import AccountKind, JournalKind, LeafKind, SuspenseReason
from omnisonic.core.royalties import (
    cycle_service,
    disputes_booking,
    exchange_rates_schemas,
    models,
    usage,
    usage_api,
    usage_rules,
    what_if,
    what_if_api,
)
from omnisonic.core.royalties.policy import RIGHT_OF_USAGE
from omnisonic.core.royalties.statement_columns import UsageField, find_columns
from omnisonic.core.royalties.statement_file import last_day
from omnisonic.platform.settings import Settings
from omnisonic.platform.web.limits import ADDRESS_LIMIT, WINDOW_S
from tests.contract.described import described_paths

GUIDE = (Path(__file__).parents[2] / "docs" / "specs" / "phase-2-royalties.md").read_text(encoding="utf-8")
OURS = re.compile(r"/log/|/api/(usage|matching|cycles|statements|payouts|royalties)\b")


def table(first_header: str) -> Iterator[list[str]]:
    """Cells of each row of the table with this first header."""
    head = re.search(rf"^\| {re.escape(first_header)} \|.*\n\|[-|]+\|\n((?:\|.*\n)+)", GUIDE, re.MULTILINE)
    assert head, f"there is no table of {first_header}"
    for line in head[1].splitlines():
        yield [cell.strip() for cell in line.strip("|").split("|")]


def quoted(text: str) -> list[str]:
    return re.findall(r"`([^`]+)`", text)


def test_routes() -> None:
    written: set[tuple[str, str]] = set()
    for cells in table("method and path"):
        last: list[str] = []
        for found in quoted(cells[0]):
            if found.startswith("/"):
                written |= {(method, found) for method in last}
            else:
                last = found.split(", ")
    served = {
        (method.upper(), path)
        for path, methods in described_paths().items()
        for method in methods
        if OURS.match(path)
    }
    assert written == served


def test_rights_accounts_and_reasons() -> None:
    rights = {use: quoted(cells[1])[0] for cells in table("usage type") for use in quoted(cells[0])}
    assert rights == {str(use): right.name for use, right in RIGHT_OF_USAGE.items()}
    for header, kinds in (
        ("account", AccountKind),
        ("journal", JournalKind),
        ("leaf", LeafKind),
        ("suspense", SuspenseReason),
    ):
        assert [quoted(cells[0])[0] for cells in table(header)] == [str(kind) for kind in kinds], header


def test_columns_of_a_statement() -> None:
    needed = ["ISRC", "Quantity", "Amount", "Currency", "Period"]
    rows = list(table("column"))
    assert [quoted(cells[0])[0] for cells in rows] == [str(field) for field in UsageField]
    for field, cells in zip(UsageField, rows, strict=True):
        for header in (name for name in quoted(cells[1]) if not re.match(r"2026|March|stream", name)):
            others = [name for name in needed if fold_header(name) != str(field)]
            columns = find_columns([(1, [header, *others])])[1]
            assert columns.at.get(field) == 0, header
    periods = re.findall(r"`((?:2026|March)[^`]*)`", next(c[1] for c in rows if c[0] == "`period`"))
    assert {str(last_day(period)) for period in periods} == {"2026-03-31"}


def test_limits() -> None:
    shown = {cells[0]: cells[1].replace(",", "") for cells in table("what")}
    assert shown["events of one `recordUsage`"] == str(usage.BATCH_MAX)
    assert shown["amount"] == f"{money.DECIMALS_MAX} decimals"
    assert shown["quantity of an event"] == str(usage_rules.QUANTITY_MAX)
    assert shown["`source` · `idempotencyKey`"] == (
        f"{models.MAX_SOURCE_CHARS} · {models.MAX_USAGE_KEY_CHARS} characters"
    )
    assert shown["`metadata` of an event"] == f"{usage_rules.DETAILS_MAX_CHARS} characters of JSON"
    assert shown["CSV statements"].startswith(f"{usage_api.STATEMENTS_PER_HOUR} an hour")
    assert shown["rates in one call"] == str(exchange_rates_schemas.MAX_RATES)
    assert shown["days of a cycle"] == str(cycle_service.MAX_DAYS)
    assert shown["events behind a disputed line"] == str(disputes_booking.EVENTS_MAX)
    assert shown["events of a what-if · questions"] == (
        f"{what_if.EVENTS_MAX} · {what_if_api.QUESTIONS_PER_HOUR} an hour"
    )
    assert shown["a proof file"] == f"{offline_verifier.MAX_FILE_BYTES // 1024} KiB"
    of_strangers = f"{STRANGER_OPERATIONS} a minute"
    assert shown["questions to the public log of one network address"] == of_strangers
    of_accounts = Settings.model_fields["graph_operations_per_minute"].default
    assert shown["GraphQL operations of one account"].startswith(f"{of_accounts} a minute")
    assert (ADDRESS_LIMIT, WINDOW_S, BUDGET_WINDOW_S) == (STRANGER_OPERATIONS, 60, 60)
