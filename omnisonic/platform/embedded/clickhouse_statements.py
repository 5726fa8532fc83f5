"""Reads as much of a SQL statement as the gateway must know: what kind it is and where its parts lie.

It finds keywords outside of strings, comments and parentheses; the engine alone judges the rest.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from omnisonic.platform.embedded.clickhouse_errors import refuse

TOKEN = re.compile(
    rb"""
    (?P<space>\s+|--[^\n]*|\#[ !][^\n]*|/\*.*?\*/)
    |(?P<quoted>'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.|"")*"|`(?:[^`\\]|\\.|``)*`|\$(?P<tag>\w*)\$.*?\$(?P=tag)\$)
    |(?P<word>[A-Za-z_]\w*)
    |(?P<number>\d\w*)
    |(?P<sign>.)
    """,
    re.DOTALL | re.VERBOSE,
)
BEFORE_DATA = re.compile(rb"[ \t\f]*\r?\n?")
ROW_VERBS = frozenset({b"SELECT", b"WITH", b"SHOW", b"DESC", b"DESCRIBE", b"EXISTS", b"EXPLAIN", b"CHECK"})
STREAMED_VERBS = frozenset({b"SELECT", b"WITH"})


@dataclass(frozen=True)
class Statement:
    """One statement. `sql` has no FORMAT clause; `data_at` is where an INSERT's rows begin."""

    verb: bytes
    sql: bytes
    settings: bytes = b""
    format: str | None = None
    data_at: int | None = None

    @property
    def has_rows(self) -> bool:
        """Whether it answers with rows and changes nothing."""
        return self.verb in ROW_VERBS

    @property
    def can_stream(self) -> bool:
        """Whether the engine can give its rows piece by piece."""
        return self.verb in STREAMED_VERBS


@dataclass(frozen=True)
class Token:
    """A word, sign or literal; words in upper case."""

    text: bytes
    start: int
    end: int
    depth: int
    is_word: bool


def read_statement(text: bytes) -> Statement:
    """What `text`, a whole statement or the beginning of an INSERT with its rows, asks for.

    Raises `Refusal` for nothing, for several statements at once and for files on the server's side.
    """
    tokens = _tokens(text)
    first = next((token for token in tokens if token.text != b"("), None)
    if first is None:
        raise refuse(62, "SYNTAX_ERROR", "Syntax error: empty query")
    if first.text == b"INSERT":
        return _read_insert(text, tokens)
    return _read_other(text, first.text, tokens)


def _read_insert(text: bytes, tokens: Iterator[Token]) -> Statement:
    previous = b""
    for token in tokens:
        if token.depth == 0 and token.is_word:
            if token.text in {b"SELECT", b"WITH"}:
                return _read_other(text, b"INSERT SELECT", tokens)
            if token.text == b"VALUES":
                return Statement(b"INSERT", text[: token.start], format="Values", data_at=token.end)
            if previous == b"FORMAT":
                name = text[token.start : token.end].decode()
                data = BEFORE_DATA.match(text, token.end)
                sql = text[: _before_last_word(text, token.start)]
                return Statement(b"INSERT", sql, format=name, data_at=data.end() if data else token.end)
            _refuse_files(previous, token.text)
        previous = token.text
    return Statement(b"INSERT", text.rstrip(), format="Values", data_at=len(text))


def _read_other(text: bytes, verb: bytes, tokens: Iterator[Token]) -> Statement:
    """Cut the trailing `FORMAT name [SETTINGS …]` and semicolon off."""
    tail: list[Token] = []
    end = len(text)
    previous = b""
    for token in tokens:
        if token.text == b";" and token.depth == 0:
            end = token.start
            if next(tokens, None) is not None:
                raise refuse(62, "SYNTAX_ERROR", "Syntax error: multi-statements are not allowed")
            break
        if token.depth == 0:
            _refuse_files(previous, token.text)
            if token.text == b"FORMAT":
                tail = [token]
            elif tail:
                tail.append(token)
        previous = token.text
    if verb not in ROW_VERBS or len(tail) < 2 or not tail[1].is_word:
        return Statement(verb, text[:end])
    if len(tail) > 2 and tail[2].text != b"SETTINGS":
        return Statement(verb, text[:end])
    name = text[tail[1].start : tail[1].end].decode()
    return Statement(verb, text[: tail[0].start], text[tail[1].end : end], name)


def _refuse_files(previous: bytes, word: bytes) -> None:
    if (previous, word) in {(b"INTO", b"OUTFILE"), (b"FROM", b"INFILE")}:
        raise refuse(48, "NOT_IMPLEMENTED", f"{previous.decode()} {word.decode()} is not allowed over HTTP")


def _before_last_word(text: bytes, end: int) -> int:
    """Where the FORMAT before position `end` starts."""
    return text[:end].upper().rindex(b"FORMAT")


def _tokens(text: bytes) -> Iterator[Token]:
    depth = 0
    for match in TOKEN.finditer(text):
        kind = match.lastgroup
        if kind == "space":
            continue
        piece = match.group()
        if piece in {b"(", b"[", b"{"}:
            depth += 1
        elif piece in {b")", b"]", b"}"}:
            depth -= 1
        is_word = match.group("word") is not None
        opens = piece in {b"(", b"[", b"{"}
        yield Token(piece.upper() if is_word else piece, match.start(), match.end(), depth - opens, is_word)
