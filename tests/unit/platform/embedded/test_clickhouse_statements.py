"""Where a statement's parts lie, whatever stands in its strings and comments."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnisonic.platform.embedded.clickhouse_errors import Refusal
from omnisonic.platform.embedded.clickhouse_statements import read_statement


@pytest.mark.parametrize(
    ("sql", "clause", "format_name", "data"),
    [
        (b"INSERT INTO t (a, b) ", b"FORMAT Native\n", "Native", b"\x02\x00\n"),
        (b"INSERT INTO t ", b"FORMAT CSV \r\n", "CSV", b"1,2\n"),
        (b"insert into `format` ", b"format CSV\n", "CSV", b"1"),
        (b"INSERT INTO t SETTINGS async_insert=1 ", b"FORMAT TSV\n", "TSV", b"1"),
        (b"/* FORMAT X */ INSERT INTO t -- FORMAT Y\n ", b"FORMAT CSV\n", "CSV", b"1"),
        (b"INSERT INTO t (a) ", b"VALUES", "Values", b" (1), (2); SELECT 1"),
        (b"INSERT INTO t ", b"FORMAT CSV", "CSV", b""),
    ],
)
def test_an_insert_ends_where_its_rows_begin(
    sql: bytes, clause: bytes, format_name: str, data: bytes
) -> None:
    text = sql + clause + data
    found = read_statement(text)
    assert (found.verb, found.sql, found.format) == (b"INSERT", sql, format_name)
    assert text[found.data_at :] == data


@pytest.mark.parametrize(
    ("text", "sql", "format_name", "settings"),
    [
        (b"SELECT 1", b"SELECT 1", None, b""),
        (b"SELECT 1 FORMAT JSON", b"SELECT 1 ", "JSON", b""),
        (b"(SELECT 1) FORMAT JSON;", b"(SELECT 1) ", "JSON", b""),
        (b"SELECT 1 FORMAT JSON SETTINGS max_threads=1", b"SELECT 1 ", "JSON", b" SETTINGS max_threads=1"),
        (b"SELECT 'FORMAT JSON'", b"SELECT 'FORMAT JSON'", None, b""),
        (b"SELECT a AS format FROM t", b"SELECT a AS format FROM t", None, b""),
        (b"SELECT * FROM (SELECT 1 FORMAT JSON)", b"SELECT * FROM (SELECT 1 FORMAT JSON)", None, b""),
        (b"SELECT 1 -- FORMAT JSON", b"SELECT 1 -- FORMAT JSON", None, b""),
        (b"SELECT 1 FORMAT CSV -- end", b"SELECT 1 ", "CSV", b" -- end"),
    ],
)
def test_a_format_is_found_only_at_the_end(
    text: bytes, sql: bytes, format_name: str | None, settings: bytes
) -> None:
    found = read_statement(text)
    assert (found.sql, found.format, found.settings) == (sql, format_name, settings)
    assert found.has_rows


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b"", 62),
        (b"  -- nothing\n", 62),
        (b"SELECT 1; SELECT 2", 62),
        (b"DROP TABLE a; DROP TABLE b", 62),
        (b"SELECT 1 INTO OUTFILE '/etc/x'", 48),
        (b"INSERT INTO t FROM INFILE '/etc/passwd' FORMAT CSV", 48),
    ],
)
def test_what_a_server_refuses_is_refused(text: bytes, code: int) -> None:
    with pytest.raises(Refusal) as refused:
        read_statement(text)
    assert refused.value.code == code


@pytest.mark.parametrize("text", [b"INSERT INTO t SELECT 1", b"CREATE TABLE t (a Int8) ENGINE = Memory;"])
def test_a_change_without_rows_is_passed_on_whole(text: bytes) -> None:
    found = read_statement(text)
    assert found.sql == text.rstrip(b";")
    assert not found.has_rows
    assert found.data_at is None


@given(st.text(), st.binary())
def test_no_string_literal_hides_or_makes_a_clause(text: str, rows: bytes) -> None:
    literal = "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
    selected = read_statement(f"SELECT {literal} FORMAT CSV".encode())
    assert (selected.sql, selected.format) == (f"SELECT {literal} ".encode(), "CSV")
    head = f"INSERT INTO t SETTINGS log_comment = {literal} ".encode()
    inserted = read_statement(head + b"FORMAT Native\n" + rows)
    assert inserted.sql == head
    assert (head + b"FORMAT Native\n" + rows)[inserted.data_at :] == rows
