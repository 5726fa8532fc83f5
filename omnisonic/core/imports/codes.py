"""Why a row is refused or changed: codes that stay the same for programs, with one shape for both."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

MESSAGE_MAX_CHARS = 500
RAW_MAX_CHARS = 2000


class Code(StrEnum):
    """Reasons to refuse a row."""

    REQUIRED = "required"
    BAD_ISRC = "bad-isrc"
    BAD_ISWC = "bad-iswc"
    BAD_IPI = "bad-ipi"
    BAD_ISNI = "bad-isni"
    BAD_DURATION = "bad-duration"
    BAD_DATE = "bad-date"
    AMBIGUOUS_DATE = "ambiguous-date"
    SPREADSHEET_DAMAGE = "spreadsheet-damage"
    TOO_LONG = "too-long"
    NULL_CHARACTER = "null-character"
    BAD_ENCODING = "bad-encoding"
    TOO_MANY_CELLS = "too-many-cells"
    UNCLOSED_QUOTE = "unclosed-quote"
    ROW_TOO_LARGE = "row-too-large"
    BAD_JSON = "bad-json"
    DUPLICATE_KEY = "duplicate-key"
    NOT_AN_OBJECT = "not-an-object"
    NOT_TEXT = "not-text"
    DUPLICATE_ROW = "duplicate-row"
    NOT_YOURS = "not-yours"


class Warned(StrEnum):
    """Things that are pointed out while the row is taken."""

    ENCODING_GUESSED = "encoding-guessed"
    UNKNOWN_PREFIX = "unknown-prefix"
    FUTURE_YEAR = "future-year"
    UNKNOWN_PARTY = "unknown-party"
    DATE_COMPLETED = "date-completed"
    WORK_NOT_LINKED = "work-not-linked"
    PASSED_OVER = "passed-over"
    ERRORS_CUT = "errors-cut"


class Issue(NamedTuple):
    """One remark on one row. `row` counts as the file's reader counts, `column` is named as in the file."""

    row: int
    column: str | None
    code: Code | Warned
    message: str
    raw: str | None = None

    @property
    def is_warning(self) -> bool:
        """Whether the row is taken all the same."""
        return isinstance(self.code, Warned)
