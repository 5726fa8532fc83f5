"""What a usage event must look like: every field checked, with the field at fault named. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

from omnisonic.core.identifiers import Scheme, explain, normalize_isrc
from omnisonic.core.licenses.territory_names import NUMBERS
from omnisonic.core.money import BadMoney, parse_amount, parse_currency
from omnisonic.core.royalties.models import MAX_SOURCE_CHARS, MAX_USAGE_KEY_CHARS, UsageType
from omnisonic.platform.errors import FieldError, InvalidFields
from omnisonic.platform.names import check_name

QUANTITY_MAX = 10**16
TEXT_MAX_CHARS = 500
DETAILS_MAX_CHARS = 4000
SPELLED_WITH_EXPONENT = 1e16  # from here on Python writes 1e+16, PostgreSQL 10000000000000000
FIRST_MOMENT = datetime(1970, 1, 1, tzinfo=UTC)
AHEAD_MAX = timedelta(days=1)  # clocks of others run ahead, usage of next month does not

T = TypeVar("T")


@dataclass(frozen=True)
class UsageDraft:
    """One usage as somebody reports it. The recording is named by id, by ISRC, or by title and artist."""

    source: str
    idempotency_key: str
    usage_type: str
    quantity: int
    amount: str
    currency: str
    occurred_at: datetime
    recording_id: UUID | None = None
    isrc: str | None = None
    title: str | None = None
    artist: str | None = None
    territory: str | None = None
    details: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class CheckedUsage:
    """One usage in its normal form. `fingerprint` is of all of it but its key."""

    source: str
    idempotency_key: str
    usage_type: UsageType
    quantity: int
    amount: Decimal
    currency: str
    occurred_at: datetime
    recording_id: UUID | None
    isrc: str | None
    title: str | None
    artist: str | None
    territory: str | None
    details: Mapping[str, Any] | None
    fingerprint: bytes

    @property
    def day(self) -> date:
        """The UTC day that decides its shares and its cycle."""
        return self.occurred_at.date()


class _Refused(Exception):
    def __init__(self, field: str, code: str, message: str) -> None:
        super().__init__(message)
        self.error = FieldError(field, code, message)


def check_usage(draft: UsageDraft, *, now: datetime) -> CheckedUsage | list[FieldError]:
    """The event in its normal form, or every field that is refused."""
    errors: list[FieldError] = []

    def check(rule: Callable[[], T], fallback: T) -> T:
        try:
            return rule()
        except _Refused as refused:
            errors.append(refused.error)
            return fallback

    checked: dict[str, Any] = {
        "source": check(lambda: _line(draft.source, "source", MAX_SOURCE_CHARS), ""),
        "idempotency_key": check(lambda: _key(draft.idempotency_key), ""),
        "usage_type": check(lambda: read_usage_type(draft.usage_type), UsageType.OTHER),
        "quantity": check(lambda: _quantity(draft.quantity), 0),
        "amount": check(lambda: _money("amount", parse_amount, draft.amount), Decimal(0)),
        "currency": check(lambda: _money("amount.currency", parse_currency, draft.currency), ""),
        "occurred_at": check(lambda: _moment(draft.occurred_at, now), now),
        "isrc": check(lambda: _isrc(draft.isrc), None),
        "title": check(lambda: _optional_line(draft.title, "title"), None),
        "artist": check(lambda: _optional_line(draft.artist, "artist"), None),
        "territory": check(lambda: _territory(draft.territory), None),
        "details": check(lambda: _details(draft.details), None),
        "recording_id": draft.recording_id,
    }
    if not errors and not (draft.recording_id or checked["isrc"] or checked["title"]):
        message = "Say which recording was used: its recordingId, its ISRC, or a title."
        errors.append(FieldError("isrc", "required", message))
    if errors:
        return errors
    return CheckedUsage(**checked, fingerprint=fingerprint(checked))


def fingerprint(fields: Mapping[str, Any]) -> bytes:
    """SHA-256 of what was reported, the same for every spelling of the same values."""
    told = {name: _told(value) for name, value in fields.items() if name not in ("source", "idempotency_key")}
    canonical = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).digest()


def read_usage_type(text: str) -> UsageType:
    """The kind of use, in any case. Raises what `check_usage` reports."""
    try:
        return UsageType(text.strip().lower())
    except ValueError:
        allowed = ", ".join(UsageType)
        raise _Refused("usageType", "choice", f"A usage type is one of {allowed}.") from None


def read_source(text: str) -> str:
    """The name of who reports. Raises `InvalidFields`."""
    try:
        return _line(text, "source", MAX_SOURCE_CHARS)
    except _Refused as refused:
        raise InvalidFields(refused.error.message, errors=[refused.error]) from None


def _told(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value.normalize(), "f") if value else "0"
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def _line(text: str, field: str, max_chars: int) -> str:
    try:
        return check_name(" ".join(text.split()), max_chars=max_chars)
    except ValueError as error:
        raise _Refused(field, "name", str(error)) from None


def _optional_line(text: str | None, field: str) -> str | None:
    return _line(text, field, TEXT_MAX_CHARS) if text and text.strip() else None


def _key(text: str) -> str:
    if not 1 <= len(text) <= MAX_USAGE_KEY_CHARS or not text.isprintable() or text != text.strip():
        message = f"A key has 1 to {MAX_USAGE_KEY_CHARS} printable characters and no spaces around it."
        raise _Refused("idempotencyKey", "bad-key", message)
    return text


def _quantity(quantity: int) -> int:
    if not 0 <= quantity <= QUANTITY_MAX:
        raise _Refused("quantity", "range", f"A quantity is a whole number of 0 to {QUANTITY_MAX:,}.")
    return quantity


def _money(field: str, parse: Callable[[str], T], text: str) -> T:
    try:
        return parse(text)
    except BadMoney as bad:
        raise _Refused(field, bad.problem, bad.message) from None


def _moment(moment: datetime, now: datetime) -> datetime:
    moment = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    if moment < FIRST_MOMENT:
        raise _Refused("occurredAt", "range", f"Usage before {FIRST_MOMENT:%Y} is not taken.")
    if moment > now + AHEAD_MAX:
        raise _Refused(
            "occurredAt", "future", f"This lies in the future ({moment:%Y-%m-%d}). Check the year."
        )
    return moment


def _isrc(text: str | None) -> str | None:
    if text is None or not text.strip():
        return None
    found = normalize_isrc(text)
    if found.problem is not None:
        raise _Refused("isrc", "bad-isrc", explain(Scheme.ISRC, found.problem))
    return found.value


def _territory(text: str | None) -> str | None:
    if text is None or not text.strip():
        return None
    code = text.strip().upper()
    if code not in NUMBERS:
        hint = " Did you mean GB?" if code == "UK" else ""
        message = f"“{text[:20]}” is no country code of two letters (ISO 3166-1) such as DE.{hint}"
        raise _Refused("territory", "unknown-territory", message)
    return code


def _details(details: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    if details is None:
        return None
    if not isinstance(details, Mapping):
        raise _Refused("metadata", "object", "Metadata is a JSON object.")
    try:
        text = json.dumps(details, ensure_ascii=False, allow_nan=False)
        text.encode()
    except (ValueError, TypeError):
        raise _Refused("metadata", "json", "Metadata holds values that JSON cannot write.") from None
    if len(text) > DETAILS_MAX_CHARS or "\\u0000" in text:
        raise _Refused(
            "metadata", "too-long", f"Metadata has at most {DETAILS_MAX_CHARS} characters as JSON."
        )
    told: Mapping[str, Any] = json.loads(text, parse_float=_as_stored)
    return told


def _as_stored(number: str) -> float | int:
    """A number as PostgreSQL gives it back: no sign of zero, no exponent; the leaf hashes that spelling."""
    value = float(number)
    return int(value) if value == 0 or abs(value) >= SPELLED_WITH_EXPONENT else value
