"""Recordings as forms give them: a new one of a work, or the one that has the ISRC already."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from omnisonic.core.catalog import repository
from omnisonic.core.catalog.errors import InvalidIdentifier
from omnisonic.core.catalog.fields import clean_identifier, refuse
from omnisonic.core.catalog.identifier_words import why_not
from omnisonic.core.catalog.models import IdentifierScheme, Recording
from omnisonic.core.catalog.recordings import get_recording, upsert_recording
from omnisonic.core.catalog.schemas import RecordingDraft
from omnisonic.core.identifiers import Scheme, format_isrc
from omnisonic.platform.actor import Actor
from omnisonic.platform.db import UnitOfWork
from omnisonic.platform.errors import FieldError

_CLOCK = re.compile(r"(?:(\d{1,2}):)?(\d{1,3}):(\d{2}(?:\.\d{1,3})?)").fullmatch


@dataclass(frozen=True)
class Added:
    """The recording; `words` are there when it was not made because it has the ISRC already."""

    id: UUID
    words: str = ""


def add_recording(uow: UnitOfWork, actor: Actor, *, work_id: UUID | None, form: Mapping[str, Any]) -> Added:
    """Register a recording, unless one with this ISRC is there already: then nothing is changed.

    Raises `InvalidFields`, `InvalidIdentifier`, `Forbidden`.
    """
    isrc = read_isrc(str(form.get("recording_isrc", "")))
    if isrc is not None:
        found = repository.find_by_identifier(uow.session, IdentifierScheme.ISRC, isrc)
        if found is not None:
            words = f"{format_isrc(isrc)} is “{found.title}” by {found.primary_artist}."
            return Added(found.id, words)
    draft = RecordingDraft(
        title=str(form.get("recording_title", "")),
        primary_artist=str(form.get("recording_artist", "")),
        isrc=isrc,
        work_id=work_id,
        duration_ms=read_clock(str(form.get("recording_length", ""))),
        released_on=read_day(str(form.get("recording_released", ""))),
    )
    return Added(upsert_recording(uow, actor, draft=draft).id)


def attach_recording(
    uow: UnitOfWork, actor: Actor, *, recording_id: UUID, work_id: UUID | None, version: int | None = None
) -> Recording:
    """Say of which work this is a recording; None of none. Errors as `upsert_recording`."""
    found = get_recording(uow.session, actor, recording_id=recording_id)
    draft = RecordingDraft(
        title=found.title,
        primary_artist=found.primary_artist,
        recording_id=found.id,
        work_id=work_id,
        version=version,
    )
    return upsert_recording(uow, actor, draft=draft)


def read_isrc(text: str) -> str | None:
    """The compact ISRC, none for blanks; the refusal says which character is wrong."""
    try:
        return clean_identifier(Scheme.ISRC, text)
    except InvalidIdentifier as error:
        words = why_not(Scheme.ISRC, text)
        raise InvalidIdentifier(words, errors=[FieldError("isrc", error.errors[0].code, words)]) from None


def read_clock(text: str) -> int | None:
    """Milliseconds of `3:35`, `1:02:03` or `0:07.5`; None for blanks. Raises `InvalidFields`."""
    text = text.strip()
    if not text:
        return None
    found = _CLOCK(text)
    if found is None:
        raise refuse("durationSeconds", "format", "Write the length as minutes:seconds, for example 3:35.")
    hours, minutes, seconds = found.groups()
    if float(seconds) >= 60:
        raise refuse("durationSeconds", "format", "A minute has 60 seconds: write 1:05 rather than 0:65.")
    return round((int(hours or 0) * 3600 + int(minutes) * 60 + float(seconds)) * 1000)


def read_day(text: str) -> date | None:
    """A day of `2026-03-14`; None for blanks. Raises `InvalidFields`."""
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise refuse("releasedOn", "format", "Give the day as year-month-day.") from None
