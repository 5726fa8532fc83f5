"""What a filled form says: whole days, times that are kept, and refusals in the words of the form."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from omnisonic.core.licenses.form_draft import Filled, Stored, draft_of, missing_words
from omnisonic.core.licenses.models import LicenseStatus
from omnisonic.platform.errors import InvalidFields
from omnisonic.platform.ids import new_id

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)
EVENING = datetime(2030, 12, 31, 18, tzinfo=UTC)
FILLED = Filled(
    work_id=str(new_id()),
    licensee="Acme",
    right="MASTER",
    recording="",
    is_exclusive=True,
    starts="2030-01-01",
    last_day="2030-12-31",
    territory="",
    note="",
    is_draft=False,
    stored=Stored(),
)


def test_days_are_whole_and_the_last_one_counts() -> None:
    draft = draft_of(FILLED)
    assert draft.effective_from == datetime(2030, 1, 1, tzinfo=UTC)
    assert draft.expires_on == datetime(2031, 1, 1, tzinfo=UTC)
    assert (draft.territory, draft.terms, draft.status) == (None, None, LicenseStatus.ACTIVE)


def test_exact_times_and_other_terms_stay_when_their_days_do() -> None:
    stored = Stored(NOON, EVENING, {"fee": "10", "note": "old"})
    draft = draft_of(replace(FILLED, stored=stored, note=" new "))
    assert (draft.effective_from, draft.expires_on) == (NOON, EVENING)
    assert draft.terms == {"fee": "10", "note": "new"}
    moved = draft_of(replace(FILLED, stored=stored, last_day="2030-12-30", note=""))
    assert moved.expires_on == datetime(2030, 12, 31, tzinfo=UTC)
    assert moved.terms == {"fee": "10"}


def test_a_recording_counts_for_masters_only() -> None:
    recording = new_id()
    assert draft_of(replace(FILLED, recording=str(recording))).recording_id == recording
    assert draft_of(replace(FILLED, recording=str(recording), right="MECHANICAL")).recording_id is None


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"last_day": "2029-12-31"}, "must not be before the first"),
        ({"starts": "0001-01-01"}, "between the years 1000 and 3000"),
        ({"last_day": "9999-12-31"}, "year-month-day"),
        ({"starts": "tomorrow"}, "year-month-day"),
        ({"right": "LYRICS"}, "MECHANICAL"),
        ({"recording": "not-an-id"}, "UUID"),
        ({"licensee": "a\x00b"}, "null character"),
    ],
)
def test_refusals_speak_of_the_form(fields: dict[str, str], words: str) -> None:
    with pytest.raises(InvalidFields, match=words):
        draft_of(replace(FILLED, **fields))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, ""),
        ({"work_id": ""}, "Choose the work."),
        ({"licensee": "  "}, "Name who gets the license."),
        ({"starts": ""}, "Say when it begins."),
    ],
)
def test_what_is_missing(fields: dict[str, str], words: str) -> None:
    assert missing_words(replace(FILLED, **fields)) == words  # type: ignore[arg-type]
