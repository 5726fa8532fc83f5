"""Statements of services as they really look: titles above, own names of columns, periods of all kinds."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest

from omnisonic.core.imports.errors import ImportNotText
from omnisonic.core.royalties.models import UsageType
from omnisonic.core.royalties.statement_file import (
    BadRow,
    GoodRow,
    Reported,
    last_day,
    open_statement,
    read_statement,
)
from omnisonic.core.royalties.usage_errors import UsageColumnsMissing

REPORTED = Reported(UUID(int=7), "Streamly", datetime(2026, 4, 20, 9, tzinfo=UTC))


def rows_of(folder: Path, text: str, *, encoding: str = "utf-8") -> list[GoodRow | BadRow]:
    path = folder / "statement.csv"
    path.write_bytes(text.encode(encoding))
    return list(read_statement(path, open_statement(path), REPORTED))


def test_columns_of_a_service_below_a_title_block(tmp_path: Path) -> None:
    text = (
        "Streamly royalty statement\nCustomer;4711\n\n"
        "ISRC Code;Track Title;Country;Sales Month;Streams;Net Revenue (EUR);Transaction Type\n"
        "gb-ayc-26-00001;First Light;DEU;2026-03;1200;0.00000000000014;download\n"
        ";First Light;World;Q1 2026;7.0;12;\n"
    )
    first, second = rows_of(tmp_path, text)
    assert isinstance(first, GoodRow)
    assert isinstance(second, GoodRow)
    assert first.number == 5
    usage = first.usage
    assert (usage.isrc, usage.territory, usage.quantity) == ("GBAYC2600001", "DE", 1200)
    assert (usage.amount, usage.currency) == (Decimal("0.00000000000014"), "EUR")
    assert (usage.usage_type, usage.day) == (UsageType.DOWNLOAD, date(2026, 3, 31))
    assert (second.usage.territory, second.usage.usage_type) == (None, UsageType.STREAM)
    assert (second.usage.quantity, second.usage.isrc) == (7, None)
    assert usage.idempotency_key != second.usage.idempotency_key


def test_german_headers_in_an_old_encoding(tmp_path: Path) -> None:
    text = "Titel;ISRC;Land;Monat;Menge;Betrag;Währung\nStraße;GBAYC2600002;DE;2026-02;3;1.5;eur\n"
    (row,) = rows_of(tmp_path, text.replace("Titel", "Title").replace("Monat", "Month"), encoding="cp1252")
    assert isinstance(row, GoodRow)
    assert (row.usage.title, row.usage.currency) == ("Straße", "EUR")


@pytest.mark.parametrize(
    ("cells", "column", "code"),
    [
        ("GBAYC2600001,DE,2026-03,-1,1.0,EUR", "Quantity", "not-a-number"),
        ("GBAYC2600001,DE,2026-03,1.5,1.0,EUR", "Quantity", "not-a-number"),
        ("GBAYC2600001,DE,2026-03,,1.0,EUR", "Quantity", "required"),
        ("GBAYC2600001,DE,2026-03,1,-1.0,EUR", "Amount", "negative"),
        ("GBAYC2600001,DE,2026-03,1,NaN,EUR", "Amount", None),
        ("GBAYC2600001,DE,2026-03,1,1e3,EUR", "Amount", None),
        ('GBAYC2600001,DE,2026-03,1,"1,5",EUR', "Amount", None),
        ("GBAYC2600001,DE,2026-03,1,0.000000000000001,EUR", "Amount", None),
        ("GBAYC2600001,DE,2026-03,1,1.0,ABC", "Currency", None),
        ("GBAYC26000,DE,2026-03,1,1.0,EUR", "ISRC", "bad-isrc"),
        ("GBAYC2600001,XX,2026-03,1,1.0,EUR", "Territory", "unknown-territory"),
        ("GBAYC2600001,DE,2026-13,1,1.0,EUR", "Period", "bad-period"),
        ("GBAYC2600001,DE,2026,1,1.0,EUR", "Period", "bad-period"),
        ("GBAYC2600001,DE,2026-09,1,1.0,EUR", "Period", "future"),
        (",DE,2026-03,1,1.0,EUR", "ISRC", "required"),
    ],
)
def test_a_bad_row_names_its_column_and_spoils_no_other(
    tmp_path: Path, cells: str, column: str, code: str | None
) -> None:
    good = "GBAYC2600001,DE,2026-03,1,1.0,EUR"
    text = f"ISRC,Territory,Period,Quantity,Amount,Currency\n{good}\n{cells}\n{good}\n"
    first, bad, third = rows_of(tmp_path, text)
    assert isinstance(first, GoodRow)
    assert isinstance(third, GoodRow)
    assert isinstance(bad, BadRow)
    assert bad.number == 3
    (fault,) = bad.faults
    assert fault[0] == column
    assert fault[2]
    if code:
        assert fault[1] == code


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-02", date(2026, 2, 28)),
        ("202602", date(2026, 2, 28)),
        ("2024-Q1", date(2024, 3, 31)),
        ("March 2026", date(2026, 3, 31)),
        ("2026-03-01/2026-03-15", date(2026, 3, 15)),
        ("2026-03-05", date(2026, 3, 5)),
    ],
)
def test_a_row_counts_on_the_last_day_of_its_period(text: str, day: date) -> None:
    assert last_day(text) == day


def test_a_period_under_way_counts_up_to_the_report_and_one_ahead_is_refused(tmp_path: Path) -> None:
    header = "ISRC,Start Date,End Date,Quantity,Amount,Currency\n"
    under_way, backwards = rows_of(
        tmp_path,
        f"{header}GBAYC2600001,2026-04-01,2026-04-30,1,1,EUR\nGBAYC2600001,2026-03-31,2026-03-01,1,1,EUR\n",
    )
    assert isinstance(under_way, GoodRow)
    assert under_way.usage.day == REPORTED.received_at.date()
    assert isinstance(backwards, BadRow)
    assert backwards.faults[0][1] == "bad-period"


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("ISRC,Territory,Period,Quantity\nGBAYC2600001,DE,2026-03,1\n", ["amount", "currency"]),
        ("Foo,Other\n1,2\n", ["quantity", "amount", "isrc", "currency", "period"]),
        ("ISRC,Period,Quantity,Amount,Currency\n", []),
    ],
)
def test_a_statement_without_its_columns_says_which(tmp_path: Path, text: str, missing: list[str]) -> None:
    path = tmp_path / "statement.csv"
    path.write_text(text)
    with pytest.raises(UsageColumnsMissing) as caught:
        open_statement(path)
    assert [one.field for one in caught.value.errors] == missing


def test_json_is_sent_elsewhere(tmp_path: Path) -> None:
    path = tmp_path / "usage.json"
    path.write_text('[{"isrc": "GBAYC2600001"}]')
    with pytest.raises(ImportNotText, match="recordUsage"):
        open_statement(path)
