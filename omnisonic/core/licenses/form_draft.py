"""What a filled form says as a license. Pure; dates are days of UTC, the last one included."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from omnisonic.core.catalog.models import RightsType
from omnisonic.core.licenses.models import LicenseStatus
from omnisonic.core.licenses.schemas import LicenseDraft
from omnisonic.core.licenses.words import day_text, end_of, last_day_text, start_of
from omnisonic.platform.errors import InvalidFields

NOTE = "note"


@dataclass(frozen=True)
class Filled:
    """The fields as they stand. `stored` holds what the form cannot show but must not lose."""

    work_id: str
    licensee: str
    right: str
    recording: str
    is_exclusive: bool
    starts: str
    last_day: str
    territory: str
    note: str
    is_draft: bool
    stored: Stored


@dataclass(frozen=True)
class Stored:
    """The exact times and all terms of the license being changed; of a new one nothing."""

    effective_from: datetime | None = None
    expires_on: datetime | None = None
    terms: dict[str, Any] = field(default_factory=dict)


def missing_words(filled: Filled) -> str:
    """What to fill in next; empty when nothing is missing."""
    if not filled.work_id:
        return "Choose the work."
    if not filled.licensee.strip():
        return "Name who gets the license."
    return "" if filled.starts else "Say when it begins."


def draft_of(filled: Filled) -> LicenseDraft:
    """The license as the form says it. Raises `InvalidFields` in the words of the form."""
    terms = {**filled.stored.terms, NOTE: filled.note.strip()}
    is_of_recording = filled.right == RightsType.MASTER and filled.recording != ""
    try:
        return LicenseDraft.model_validate(
            {
                "work_id": filled.work_id,
                "recording_id": filled.recording if is_of_recording else None,
                "licensee": filled.licensee,
                "territory": filled.territory or None,
                "rights_type": filled.right,
                "exclusive": filled.is_exclusive,
                "effective_from": _start(filled),
                "expires_on": _end(filled),
                "terms": {name: value for name, value in terms.items() if value != ""} or None,
                "status": LicenseStatus.DRAFT if filled.is_draft else LicenseStatus.ACTIVE,
            }
        )
    except ValidationError as error:
        raise InvalidFields(_first_words(error)) from error
    except (ValueError, OverflowError) as error:
        raise InvalidFields("Write dates as year-month-day.") from error


def _start(filled: Filled) -> datetime:
    stored = filled.stored.effective_from
    return stored if stored and filled.starts == day_text(stored) else start_of(filled.starts)


def _end(filled: Filled) -> datetime | None:
    if not filled.last_day:
        return None
    stored = filled.stored.expires_on
    return stored if stored and filled.last_day == last_day_text(stored) else end_of(filled.last_day)


def _first_words(error: ValidationError) -> str:
    words = str(error.errors()[0]["msg"]).removeprefix("Value error, ")
    return "The last day must not be before the first." if "expiresOn must be after" in words else words
