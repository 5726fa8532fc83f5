"""chdb, owned by this one process: handles, sessions, rows piece by piece, and what changes something.

The engine locks its folder, so there is one of these per data folder. Everything here blocks; the gateway
calls it in threads.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from omnisonic.platform.embedded.clickhouse_errors import from_engine
from omnisonic.platform.embedded.clickhouse_sessions import Sessions, SessionWish
from omnisonic.platform.embedded.clickhouse_statements import Statement

PIECE_BYTES = 1 << 20
DEFAULTS = {
    "implicit_select": "0",  # as a server has it
    "max_memory_usage": str(2 << 30),
    # A laptop's share: an insert below 32 MiB is one part, a larger one does not grow the process with it.
    "max_insert_block_size": "16384",
    "min_insert_block_size_bytes": str(32 << 20),
}
# Formats whose pieces, one after the other, are the whole: no head, foot or separator of their own.
PIECEWISE = frozenset(
    {"CSV", "JSONCompactEachRow", "JSONEachRow", "Native", "RowBinary", "TSV", "TabSeparated"}
)


class Source(Protocol):
    """Where the rows of an INSERT come from."""

    def read(self, size: int) -> bytes: ...


@dataclass(frozen=True)
class Order:
    """One statement with everything that came with it. `token` finds it again to cancel it."""

    statement: Statement
    token: str
    default_format: str = "TabSeparated"
    database: str | None = None
    session: SessionWish | None = None
    parameters: dict[str, str] = field(default_factory=dict)
    settings: dict[str, str] = field(default_factory=dict)


@dataclass
class Summary:
    """What X-ClickHouse-Summary tells of a statement."""

    read_rows: int = 0
    read_bytes: int = 0
    written_rows: int = 0
    written_bytes: int = 0
    elapsed_ns: int = 0

    def add(self, result: Any) -> None:
        """Count one result, or one piece of it."""
        self.read_rows += result.rows_read()
        self.read_bytes += result.bytes_read()
        self.elapsed_ns += int(result.elapsed() * 1e9)


class Rows:
    """An answer to be read piece by piece; `close` frees what it holds, at its end or before."""

    def __init__(self, format_name: str, read: Callable[[], bytes], close: Callable[[], None]) -> None:
        self.format = format_name
        self.summary = Summary()
        self._read = read
        self._close = close

    def read(self) -> bytes:
        """The next piece; empty at the end. Raises `Refusal` where the engine fails in the middle."""
        try:
            return self._read()
        except Exception as error:
            raise from_engine(error) from error

    def close(self) -> None:
        """Give the handle back; a statement that still runs is canceled."""
        self._close()


class Engine:
    """The one owner of a folder of ClickHouse data."""

    def __init__(self, folder: Path, spool: Path) -> None:
        self._chdb = import_chdb()
        self._folder = str(folder)
        self._spool = spool
        self._keep = self._connect()  # as long as one handle is open, merges go on
        self.sessions = Sessions(self._connect_session)
        self.version, self.timezone = (
            self._keep.query("SELECT version(), timezone()", "TSV").bytes().decode().strip().split("\t")
        )

    def create_database(self, name: str) -> None:
        """Make `name` if it is not there: a server refuses every request for a database it has not."""
        self._keep.query(f"CREATE DATABASE IF NOT EXISTS {quote_name(name)}", "TSV")

    def rows(self, order: Order) -> Rows:
        """Start a statement that answers with rows. Raises `Refusal`."""
        lease = self._lease(order)
        handle = lease.__enter__()
        release = _once(partial(lease.__exit__, None, None, None))
        try:
            format_name = order.statement.format or order.default_format
            if order.statement.can_stream and format_name in PIECEWISE:
                return _stream(handle, order, format_name, release)
            return self._spooled(handle, order, format_name, release)
        except Exception as error:
            release()
            raise from_engine(error) from error

    def insert(self, order: Order, source: Source) -> Summary:
        """Insert the rows of `source`, all or (within the engine's block size) none. Raises `Refusal`."""
        statement = order.statement
        with self._lease(order) as handle:
            for name, value in order.parameters.items():
                handle.query(f"SET param_{name} = {quote(value)}", "TSV")
            inserter = _engine_call(
                lambda: handle.send_insert(statement.sql.decode(), statement.format or "TabSeparated")
            )
            try:
                while piece := source.read(PIECE_BYTES):
                    _engine_call(partial(inserter.append, piece))
                done = _engine_call(inserter.finish)
            except BaseException:
                with suppress(RuntimeError):
                    inserter.cancel()
                raise
        return Summary(
            written_rows=done.rows_written,
            written_bytes=done.bytes_written,
            elapsed_ns=int(done.elapsed * 1e9),
        )

    def change(self, order: Order) -> tuple[bytes, Summary]:
        """Run a statement of any other kind; returns what it prints. Raises `Refusal`."""
        with self._lease(order) as handle:
            result = _engine_call(
                lambda: handle.query(order.statement.sql.decode(), "TabSeparated", params=order.parameters)
            )
            summary = Summary(written_rows=result.rows_written(), written_bytes=result.bytes_written())
            summary.add(result)
            return result.bytes() or b"", summary

    def cancel(self, token: str) -> None:
        """Stop the statement of `token` if it still runs."""
        handle = self._connect()
        try:
            handle.query(f"KILL QUERY WHERE Settings['log_comment'] = {quote(token)} ASYNC", "TSV")
        finally:
            handle.close()

    def close(self) -> None:
        """Close every handle; the engine writes what it holds and unlocks the folder."""
        self.sessions.close()
        self._keep.close()

    def _connect(self) -> Any:
        return self._chdb.connect(self._folder)

    def _connect_session(self) -> Any:
        handle = self._connect()
        _prepare(handle, None, DEFAULTS)
        return handle

    @contextmanager
    def _lease(self, order: Order) -> Iterator[Any]:
        """A handle with the order's database and settings; a session's gets its own ones back after."""
        settings = {"log_comment": order.token, **order.settings}  # by the comment `cancel` finds it
        if order.session is not None:
            with self.sessions.lease(order.session) as handle, _put_back(handle, order):
                _engine_call(lambda: _prepare(handle, order.database, settings))
                yield handle
            return
        handle = self._connect()
        try:
            _engine_call(lambda: _prepare(handle, order.database, DEFAULTS | settings))
            yield handle
        finally:
            handle.close()

    def _spooled(self, handle: Any, order: Order, format_name: str, release: Callable[[], None]) -> Rows:
        """Formats with a head or a foot: the engine writes them to a file, which is sent and removed."""
        descriptor, name = tempfile.mkstemp(dir=self._spool)
        os.close(descriptor)
        statement = order.statement
        sql = (
            f"{statement.sql.decode()}\nINTO OUTFILE {quote(name)} TRUNCATE FORMAT {format_name}"
            f"{statement.settings.decode()}"
        )
        try:
            result = handle.query(sql, "TabSeparated", params=order.parameters)
            file = Path(name).open("rb")  # noqa: SIM115 (closed by `close`)
        finally:
            Path(name).unlink()  # an open file stays readable
            release()
        rows = Rows(format_name, lambda: file.read(PIECE_BYTES), file.close)
        rows.summary.add(result)
        return rows


def _stream(handle: Any, order: Order, format_name: str, release: Callable[[], None]) -> Rows:
    statement = order.statement
    sql = f"{statement.sql.decode()}\nFORMAT {format_name}{statement.settings.decode()}"
    stream = handle.send_query(sql, format_name, params=order.parameters)

    def read() -> bytes:
        while (piece := stream.fetch()) is not None:
            rows.summary.add(piece)
            if data := piece.bytes():
                return bytes(data)
        return b""

    def close() -> None:
        stream.cancel()
        stream.close()
        release()

    rows = Rows(format_name, read, _once(close))
    return rows


def import_chdb() -> Any:
    """The engine's package, without the second it spends on pyarrow: we pass bytes on, never tables."""
    absent = "pyarrow" not in sys.modules
    if absent:
        sys.modules["pyarrow"] = None  # type: ignore[assignment]
    try:
        import chdb
    finally:
        if absent:
            del sys.modules["pyarrow"]
    return chdb


def quote(value: str) -> str:
    """A SQL string literal."""
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def quote_name(name: str) -> str:
    """A SQL identifier."""
    return "`" + name.replace("\\", "\\\\").replace("`", "\\`") + "`"


def _prepare(handle: Any, database: str | None, settings: dict[str, str]) -> None:
    if database:
        handle.query(f"USE {quote_name(database)}", "TSV")
    handle.query("SET " + ", ".join(f"{name} = {quote(value)}" for name, value in settings.items()), "TSV")


@contextmanager
def _put_back(handle: Any, order: Order) -> Iterator[None]:
    """Leave a session as the request found it: what came in the address was for one statement."""
    back = [
        "SET log_comment = DEFAULT",
        *_settings_now(handle, order.settings),
        *_database_now(handle, order.database),
    ]
    try:
        yield
    finally:
        for statement in back:
            with suppress(RuntimeError):  # a setting that is unknown was never set; a database may be gone
                handle.query(statement, "TSV")


def _settings_now(handle: Any, changing: dict[str, str]) -> list[str]:
    if not changing:
        return []
    names = ", ".join(map(quote, changing))
    asked = f"SELECT name, value FROM system.settings WHERE changed AND name IN ({names})"  # noqa: S608 (quoted)
    was = dict(_lines(handle.query(asked, "TSVRaw")))
    return [f"SET {name} = {quote(was[name]) if name in was else 'DEFAULT'}" for name in changing]


def _database_now(handle: Any, changing: str | None) -> list[str]:
    if changing is None:
        return []
    ((database,),) = _lines(handle.query("SELECT currentDatabase()", "TSVRaw"))
    return [f"USE {quote_name(database)}"] if database != changing else []


def _lines(result: Any) -> list[list[str]]:
    return [line.split("\t") for line in result.bytes().decode().splitlines()]


def _engine_call(call: Callable[[], Any]) -> Any:
    """What `call` returns; the engine's refusal as ours."""
    try:
        return call()
    except RuntimeError as error:
        raise from_engine(error) from error


def _once(action: Callable[[], object]) -> Callable[[], None]:
    """`action`, doing nothing the second time."""
    pending = [action]

    def run() -> None:
        if pending:
            pending.pop()()

    return run
