"""What Omnisonic relies on, by an unmodified client: the same on the gateway and on a real server."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import DatabaseError, StreamFailureError

from tests.integration.platform.clickhouse.conftest import Connect

ROWS = 140_000  # more than two blocks of 65 536: each travels as a frame of its own


@pytest.fixture
def numbers(client: Client) -> None:
    client.command("CREATE TABLE numbers (id UInt64, name String) ENGINE = MergeTree ORDER BY id")


@pytest.mark.parametrize("compression", ["lz4", "zstd", "gzip", False])
def test_large_inserts_arrive_whole(make_client: Connect, numbers: None, compression: str | bool) -> None:
    client = make_client(compress=compression)
    summary = client.insert("numbers", [range(ROWS), ["x"] * ROWS], column_oriented=True)
    assert summary.written_rows == ROWS
    found = client.query("SELECT count(), sum(id), uniqExact(id) FROM numbers").result_rows
    assert found == [(ROWS, sum(range(ROWS)), ROWS)]
    streamed = client.query("SELECT id FROM numbers ORDER BY id", settings={"max_block_size": 10_000})
    assert sum(streamed.result_columns[0]) == sum(range(ROWS))


def test_values_come_back_as_they_went(client: Client) -> None:
    client.command(
        "CREATE TABLE kinds (big UInt128, at DateTime64(3, 'UTC'), tags Array(String), "
        "maybe Nullable(Int32), kind LowCardinality(String), flag Bool, share Float64) "
        "ENGINE = MergeTree ORDER BY big"
    )
    at = datetime(2026, 11, 21, 7, 30, 0, 123000, tzinfo=UTC)
    rows = [(2**127 + 1, at, ["a", "ß'\\\n\t"], None, "work", True, 0.1), (1, at, [], -5, "", False, -1.5)]
    client.insert("kinds", rows)
    found = client.query("SELECT * FROM kinds ORDER BY big DESC", query_tz="UTC", tz_mode="aware")
    assert [tuple(row) for row in found.result_rows] == rows


def test_data_frames_and_arrow(client: Client, numbers: None) -> None:
    import pandas  # half a second for every process that collects this file

    client.insert_df("numbers", pandas.DataFrame({"id": range(1000), "name": ["é"] * 1000}))
    frame = client.query_df("SELECT id, name FROM numbers ORDER BY id LIMIT 3")
    assert frame.to_dict("list") == {"id": [0, 1, 2], "name": ["é"] * 3}
    arrow = client.query_arrow("SELECT id FROM numbers ORDER BY id DESC LIMIT 2")
    assert arrow.to_pydict() == {"id": [999, 998]}


@pytest.mark.parametrize(
    "text", ["it's", "tab\there", "back\\slash", "line\nbreak", "", "ünïcödé", "{x:Int8}"]
)
def test_parameters_are_bound_not_pasted(client: Client, text: str) -> None:
    found = client.query(
        "SELECT {text:String}, {list:Array(String)}, {n:Nullable(Int32)}",
        parameters={"text": text, "list": [text, "b"], "n": None},
    )
    assert found.result_rows == [(text, [text, "b"], None)]


def test_inline_values_with_expressions_and_parameters(client: Client, numbers: None) -> None:
    client.command("INSERT INTO numbers VALUES (1 + 1, upper('two')), (3, 'three')")
    client.command(
        "INSERT INTO numbers VALUES ({id:UInt64}, {name:String})", parameters={"id": 7, "name": "x'"}
    )
    client.command("INSERT INTO numbers SELECT id + 100, name FROM numbers WHERE id = 7")
    found = client.query("SELECT id, name FROM numbers ORDER BY id").result_rows
    assert found == [(2, "TWO"), (3, "three"), (7, "x'"), (107, "x'")]


@pytest.mark.parametrize("name", ["JSON", "CSVWithNames", "TSVWithNames", "JSONEachRow", "Parquet"])
def test_each_format_is_one_whole(client: Client, name: str) -> None:
    answer = client.raw_query("SELECT number AS n FROM numbers(200000) ORDER BY n", fmt=name)
    if name == "JSON":
        assert json.loads(answer)["rows"] == len(json.loads(answer)["data"]) == 200_000
    elif name == "Parquet":
        assert answer[:4] == answer[-4:] == b"PAR1"
    else:
        lines = answer.splitlines()
        assert len(lines) == 200_000 + name.endswith("WithNames")
        assert sum(b"n" in line for line in lines) == (200_000 if name == "JSONEachRow" else 1)


def test_rows_of_each_input_format(client: Client, numbers: None) -> None:
    for block, name in [
        ("1,a\n", "CSV"),
        ("2\tb\n", "TabSeparated"),
        ('{"id": 3, "name": "c"}', "JSONEachRow"),
    ]:
        client.raw_insert("numbers", insert_block=block, fmt=name)
    assert client.query("SELECT id, name FROM numbers ORDER BY id").result_rows == [
        (1, "a"),
        (2, "b"),
        (3, "c"),
    ]


def test_refusals_carry_code_and_name(client: Client, numbers: None) -> None:
    with pytest.raises(DatabaseError) as unknown:
        client.query("SELECT * FROM missing")
    assert (unknown.value.code, unknown.value.name) == (60, "UNKNOWN_TABLE")
    with pytest.raises(DatabaseError) as syntax:
        client.command("SELEC 1")
    assert syntax.value.code == 62
    with pytest.raises(DatabaseError) as setting:
        client.query("SELECT 1", settings={"max_threads": "many"})
    assert setting.value.code in {27, 72}
    with pytest.raises(DatabaseError) as broken:
        client.raw_insert("numbers", insert_block='{"id": "x"}', fmt="JSONEachRow")
    assert broken.value.code in {6, 27, 72}
    assert client.command("SELECT count() FROM numbers") == 0


def test_a_wrong_password_is_refused(make_client: Connect) -> None:
    with pytest.raises(DatabaseError) as refused:
        make_client(password="wrong")
    assert refused.value.code == 516


def test_a_failure_in_the_middle_is_never_a_short_answer(make_client: Connect) -> None:
    client = make_client(autogenerate_session_id=False)
    statement = "SELECT number, throwIf(number = 1900000) FROM numbers(2000000)"
    with pytest.raises(DatabaseError) as whole:
        client.query(statement)
    assert whole.value.code == 395
    with client.query_rows_stream(statement) as rows, pytest.raises(StreamFailureError, match="395"):
        sum(1 for _ in rows)


def test_settings_are_for_one_statement_only(client: Client) -> None:
    asked = "SELECT getSetting('max_threads'), getSetting('max_result_rows')"
    before = client.query(asked).result_rows
    assert client.query(asked, settings={"max_threads": 1, "max_result_rows": 77}).result_rows == [(1, 77)]
    assert client.query(asked).result_rows == before


def test_a_session_keeps_its_settings_and_temporary_tables(client: Client, make_client: Connect) -> None:
    client.command("CREATE TEMPORARY TABLE mine (n Int8)")
    client.insert("mine", [[1]])
    client.command("SET max_result_rows = 55")
    client.query("SELECT 1", settings={"max_result_rows": 1000})
    assert client.query("SELECT n, getSetting('max_result_rows') FROM mine").result_rows == [(1, 55)]
    with pytest.raises(DatabaseError, match="UNKNOWN_TABLE"):
        make_client().query("SELECT * FROM mine")


def test_a_limit_on_time_is_kept(client: Client) -> None:
    with pytest.raises(DatabaseError) as late:
        client.query("SELECT count() FROM numbers(1000000000000)", settings={"max_execution_time": 0.2})
    assert late.value.code == 159


def test_replaced_and_deleted_rows_are_gone_under_final(client: Client) -> None:
    client.command(
        "CREATE TABLE links (id UInt32, score Float32, version UInt64, is_deleted UInt8) "
        "ENGINE = ReplacingMergeTree(version, is_deleted) ORDER BY id"
    )
    client.insert("links", [[1, 0.5, 1, 0], [2, 0.5, 1, 0], [3, 0.5, 1, 0]])
    client.insert("links", [[2, 0.9, 2, 0], [3, 0.5, 2, 1]])
    client.insert("links", [[2, 0.1, 1, 0]])  # an old version that comes late
    found = client.query("SELECT id, toString(score) FROM links FINAL ORDER BY id").result_rows
    assert found == [(1, "0.5"), (2, "0.9")]


def test_aggregates_views_and_deletes(client: Client, numbers: None) -> None:
    client.insert("numbers", [[n, str(n % 3)] for n in range(300)])
    client.command("CREATE VIEW names AS SELECT name, count() AS n FROM numbers GROUP BY name")
    assert client.query("SELECT name, n FROM names ORDER BY name").result_rows == [
        ("0", 100),
        ("1", 100),
        ("2", 100),
    ]
    client.command("DELETE FROM numbers WHERE name = '1'")
    client.command("ALTER TABLE numbers DELETE WHERE name = '2' SETTINGS mutations_sync = 2")
    assert client.query("SELECT uniqExact(name), count() FROM numbers").result_rows == [(1, 100)]
    assert client.query("SHOW TABLES").result_rows == [("names",), ("numbers",)]
    assert client.query("SELECT id FROM numbers WHERE id > 999").result_rows == []


def test_clients_side_by_side_lose_nothing(make_client: Connect, numbers: None) -> None:
    shared = make_client(autogenerate_session_id=False)

    def work(number: int) -> int:
        for step in range(5):
            shared.insert("numbers", [[number * 1000 + step, "x"]])
            shared.query("SELECT count(), max(id) FROM numbers")
        return number

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(work, range(4))) == [0, 1, 2, 3]
    assert shared.query("SELECT count(), uniqExact(id) FROM numbers").result_rows == [(20, 20)]
