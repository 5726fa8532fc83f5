"""Finds out what kind of text a file is: encoding, format, CSV dialect. Reads all of it once, in blocks."""

from __future__ import annotations

import codecs
import csv
import io
import json
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from omnisonic.core.imports.errors import ImportFileBroken, ImportFileEmpty, ImportNotText

BLOCK_BYTES = 256 * 1024
HEAD_CHARS = 64 * 1024
DELIMITERS = (",", ";", "\t", "|")
SAMPLE_ROWS = 30
JSON_ENDINGS = (".json", ".jsonl", ".ndjson")
SINGLE_VALUE = (
    "This JSON is a single value, not a list of recordings. Send a list of objects, each with `isrc`, `title`"
    " and `artist`."
)
NULL_SHARE_MAX = 0.02  # more than that is not text with an accident, but something else
NULLS_ALWAYS = 8  # as many are an accident in a file of any size
BINARY_MARKS = {
    b"PK\x03\x04": "a spreadsheet or an archive (ZIP)",
    b"\xd0\xcf\x11\xe0": "an old Excel sheet",
    b"\x1f\x8b": "compressed (gzip)",
    b"%PDF": "a PDF",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"7z\xbc\xaf": "an archive",
    b"\x28\xb5\x2f\xfd": "compressed (zstd)",
}
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class FileFormat(StrEnum):
    """How rows are written."""

    CSV = "csv"
    JSON = "json"
    JSON_LINES = "jsonl"


@dataclass(frozen=True)
class FileForm:
    """What a file is. `is_guessed` says that its encoding is not UTF-8 or UTF-16, only taken for cp1252."""

    format: FileFormat
    encoding: str
    is_guessed: bool
    delimiter: str = ","

    @property
    def errors(self) -> str:
        """How the decoder treats bytes that do not fit: cp1252 has five without a meaning."""
        return "replace" if self.is_guessed else "strict"


def sniff(path: Path, *, file_name: str = "") -> FileForm:
    """The form of a file. Raises `ImportFileEmpty`, `ImportNotText`."""
    with path.open("rb") as raw:
        start = raw.read(BLOCK_BYTES)
        if not start.strip(b"\x00 \t\r\n\xef\xbb\xbf\xff\xfe"):
            raise ImportFileEmpty
        _refuse_binary(start)
        raw.seek(0)
        encoding, is_guessed = _encoding(raw, start)
    head = _head(path, encoding, is_guessed=is_guessed)
    if not head.strip():
        raise ImportFileEmpty
    form = _format(head, file_name)
    delimiter = _delimiter(head) if form is FileFormat.CSV else ","
    return FileForm(form, encoding, is_guessed, delimiter)


def _refuse_binary(start: bytes) -> None:
    for mark, words in BINARY_MARKS.items():
        if start.startswith(mark):
            raise ImportNotText(f"This file is {words}. {ImportNotText.advice}")


def _encoding(raw: io.BufferedReader, start: bytes) -> tuple[str, bool]:
    for mark, name in BYTE_ORDER_MARKS:
        if start.startswith(mark):
            return _checked(raw, name)
    wide = _utf16_without_mark(start)
    if wide is not None:
        return _checked(raw, wide)
    if start.count(0) > max(NULLS_ALWAYS, len(start) * NULL_SHARE_MAX):
        raise ImportNotText
    if _decodes(raw, "utf-8"):
        return "utf-8", False
    return "cp1252", True


def _checked(raw: io.BufferedReader, name: str) -> tuple[str, bool]:
    if _decodes(raw, name):
        return name, False
    if name == "utf-8-sig":
        return "cp1252", True
    raise ImportNotText(f"The file says that it is {name.upper()}, but it is not. {ImportNotText.advice}")


def _utf16_without_mark(start: bytes) -> str | None:
    # Latin text in UTF-16 has a zero in nearly every second byte, always on the same side.
    sample = start[:4096]
    half = max(1, len(sample) // 2)
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if odd > 0.4 * half and even < 0.05 * half:
        return "utf-16-le"
    if even > 0.4 * half and odd < 0.05 * half:
        return "utf-16-be"
    return None


def _decodes(raw: io.BufferedReader, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    raw.seek(0)
    try:
        while block := raw.read(BLOCK_BYTES):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _head(path: Path, encoding: str, *, is_guessed: bool) -> str:
    with path.open(encoding=encoding, errors="replace" if is_guessed else "strict", newline="") as text:
        return text.read(HEAD_CHARS)


def _format(head: str, file_name: str) -> FileFormat:
    text = head.lstrip("\ufeff \t\r\n")
    if text.startswith("["):
        return FileFormat.JSON
    if not text.startswith("{"):
        if file_name.lower().endswith(JSON_ENDINGS) and _is_single_value(text):
            raise ImportFileBroken(SINGLE_VALUE)
        return FileFormat.CSV
    if file_name.lower().endswith((".jsonl", ".ndjson")):
        return FileFormat.JSON_LINES
    return FileFormat.JSON_LINES if _has_object_per_line(text) else FileFormat.JSON


def _is_single_value(text: str) -> bool:
    """Whether JSON says one number, text or word, where records are expected."""
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _has_object_per_line(text: str) -> bool:
    first, _, rest = text.partition("\n")
    return first.rstrip().endswith("}") and first.strip() != "{" and rest.lstrip().startswith("{")


def _delimiter(head: str) -> str:
    """The delimiter under which most rows have the same number of cells, more than one."""
    lines = head[: head.rfind("\n") + 1] or head if len(head) >= HEAD_CHARS else head
    best, best_score = ",", (0.0, 0)
    for delimiter in DELIMITERS:
        widths = _widths(lines, delimiter)
        if not widths:
            continue
        width, count = Counter(widths).most_common(1)[0]
        if width > 1 and (score := (round(count / len(widths), 2), width)) > best_score:
            best, best_score = delimiter, score
    if best_score == (0.0, 0):
        best = max(DELIMITERS, key=lambda one: lines.partition("\n")[0].count(one))
    return best


def _widths(text: str, delimiter: str) -> list[int]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    widths: list[int] = []
    try:
        for cells in reader:
            if cells:
                widths.append(len(cells))
            if len(widths) >= SAMPLE_ROWS:
                break
    except csv.Error:
        return widths
    return widths
