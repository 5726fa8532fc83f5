"""One HTTP request as ClickHouse reads it: who asks, which statement, with what settings."""

from __future__ import annotations

import base64
import binascii
import re
import secrets
import uuid
from dataclasses import dataclass, field
from typing import IO

from starlette.requests import Request

from omnisonic.platform.embedded.clickhouse_codecs import Body, choose_encoding
from omnisonic.platform.embedded.clickhouse_engine import Order
from omnisonic.platform.embedded.clickhouse_errors import refuse
from omnisonic.platform.embedded.clickhouse_sessions import (
    DEFAULT_TIMEOUT_S,
    LONGEST_TIMEOUT_S,
    SessionWish,
)
from omnisonic.platform.embedded.clickhouse_statements import read_statement

MAX_BODY_BYTES = 2 << 30
MAX_SQL_BYTES = 16 << 20
HEAD_BYTES = 1 << 20
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
QUERY_ID = re.compile(r"[ -~]{1,200}\Z")
# Parameters of the transport; every other name is a setting of the engine.
NOT_SETTINGS = frozenset(
    {
        "query", "database", "default_format", "user", "password", "quota_key", "role",
        "session_id", "session_timeout", "session_check", "query_id", "client_protocol_version",
        "buffer_size", "wait_end_of_query", "enable_http_compression", "compress", "decompress",
        "send_progress_in_http_headers", "http_headers_progress_interval_ms", "stacktrace",
        "cancel_http_readonly_queries_on_client_close", "readonly",
    }
)  # fmt: skip


@dataclass(frozen=True)
class Credentials:
    """The one account of the gateway."""

    user: str
    password: str

    def check(self, user: str, password: str) -> None:
        """Raise `Refusal` unless these are the account's."""
        right_user = secrets.compare_digest(user.encode(), self.user.encode())
        if not secrets.compare_digest(password.encode(), self.password.encode()) or not right_user:
            raise refuse(
                516,
                "AUTHENTICATION_FAILED",
                f"{user}: Authentication failed: password is incorrect, or there is no user with such name.",
            )


@dataclass
class Ask:
    """A request: its parameters from the address, the headers and a form."""

    method: str
    headers: dict[str, str]
    values: dict[str, str]
    token: str = field(default_factory=lambda: secrets.token_hex(16))

    @classmethod
    def of(cls, request: Request) -> Ask:
        """The request without its body."""
        return cls(request.method, dict(request.headers), dict(request.query_params))

    @property
    def credentials(self) -> tuple[str, str]:
        """User and password, wherever they are given."""
        kind, _, encoded = self.headers.get("authorization", "").partition(" ")
        if kind.lower() == "basic":
            try:
                user, _, password = base64.b64decode(encoded, validate=True).decode().partition(":")
            except (binascii.Error, UnicodeDecodeError):
                return "", ""
            return user, password
        user = self.headers.get("x-clickhouse-user") or self.values.get("user") or "default"
        return user, self.headers.get("x-clickhouse-key") or self.values.get("password", "")

    @property
    def is_form(self) -> bool:
        """Whether parameters are in the body."""
        kind = self.headers.get("content-type", "").split(";")[0].strip().lower()
        return kind == "multipart/form-data"  # what curl -d sends as a form is a statement

    async def add_form(self, request: Request) -> None:
        """Take parameters from the body; raises `Refusal` for files."""
        form = await request.form(max_files=1, max_part_size=MAX_SQL_BYTES)
        for name, value in form.multi_items():
            if not isinstance(value, str):
                raise refuse(48, "NOT_IMPLEMENTED", "External tables are not supported")
            self.values[name] = value

    @property
    def query_id(self) -> str:
        """The caller's name for the statement, or one of ours."""
        given = self.values.get("query_id", "")
        return given if QUERY_ID.match(given) else str(uuid.UUID(hex=self.token))

    @property
    def must_wait(self) -> bool:
        """Whether the answer may only begin when the statement has ended."""
        return self.values.get("wait_end_of_query", "0") not in {"0", ""}

    @property
    def encoding(self) -> str | None:
        """How to compress the answer."""
        if self.values.get("enable_http_compression", "0") in {"0", ""}:
            return None
        return choose_encoding(self.headers.get("accept-encoding", ""))

    def read(self, body: IO[bytes]) -> tuple[Order, Rest]:
        """The statement, and the rows that follow it. Raises `Refusal`."""
        if self.values.get("decompress", "0") != "0" or self.values.get("compress", "0") != "0":
            raise refuse(48, "NOT_IMPLEMENTED", "compress and decompress: use HTTP's Content-Encoding")
        source = Body(body, self.headers.get("content-encoding", ""))
        head = source.read(HEAD_BYTES)
        if query := self.values.get("query", "").encode():
            head = query + (b"\n" + head if head else b"")
        statement = read_statement(head)
        if statement.data_at is None and (more := source.read(MAX_SQL_BYTES)):
            if len(more) == MAX_SQL_BYTES:
                raise refuse(307, "QUERY_IS_TOO_LARGE", f"A statement is at most {MAX_SQL_BYTES} bytes")
            statement = read_statement(head + more)
        _check_text(statement.sql + statement.settings)
        self._check_may_write(statement.has_rows)
        rest = Rest(head[statement.data_at or 0 :], source)
        order = Order(
            statement,
            self.token,
            default_format=self._default_format,
            database=self.headers.get("x-clickhouse-database") or self.values.get("database"),
            session=self._session,
            parameters={
                name[6:]: value
                for name, value in self.values.items()
                if name.startswith("param_") and NAME.match(name)
            },
            settings=self._settings,
        )
        return order, rest

    @property
    def _default_format(self) -> str:
        name = self.headers.get("x-clickhouse-format") or self.values.get("default_format", "TabSeparated")
        if not NAME.match(name):
            raise refuse(73, "UNKNOWN_FORMAT", f"Unknown format {name}")
        return name

    @property
    def _settings(self) -> dict[str, str]:
        found = {
            name: value
            for name, value in self.values.items()
            if name not in NOT_SETTINGS and not name.startswith("param_")
        }
        for name in found:
            if not NAME.match(name):
                raise refuse(115, "UNKNOWN_SETTING", f"Unknown setting '{name}'")
        return found

    @property
    def _session(self) -> SessionWish | None:
        name = self.values.get("session_id")
        if not name:
            return None
        given = self.values.get("session_timeout", str(DEFAULT_TIMEOUT_S))
        if not given.isascii() or not given.isdigit() or int(given) > LONGEST_TIMEOUT_S:
            raise refuse(374, "INVALID_SESSION_TIMEOUT", f"session_timeout is 0 to {LONGEST_TIMEOUT_S}")
        return SessionWish(name, int(given), self.values.get("session_check", "0") == "1")

    def _check_may_write(self, has_rows: bool) -> None:
        if has_rows:
            return
        if self.method != "POST":
            raise refuse(164, "READONLY", "Cannot execute query in readonly mode: GET implies readonly")
        if self.values.get("readonly", "0") != "0":
            raise refuse(164, "READONLY", "Cannot execute query in readonly mode")


def _check_text(sql: bytes) -> None:
    try:
        sql.decode()
    except UnicodeDecodeError as error:
        raise refuse(62, "SYNTAX_ERROR", "Syntax error: the statement is not UTF-8") from error


class Rest:
    """What follows the statement: first what was read with it, then the body."""

    def __init__(self, head: bytes, body: Body) -> None:
        self._head = head
        self._body = body

    def read(self, size: int) -> bytes:
        """Up to `size` bytes; none at the end."""
        if self._head:
            piece, self._head = self._head[:size], self._head[size:]
            return piece
        return self._body.read(size)
