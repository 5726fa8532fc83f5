"""The form of one license: what it says right now, what it would meet, and saving it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import reflex as rx
from pydantic import ValidationError

from omnisonic.core.catalog import listing
from omnisonic.core.catalog.access import is_curator
from omnisonic.core.catalog.models import RightsType
from omnisonic.core.catalog.schemas import CatalogFilter
from omnisonic.core.licenses import queries, service
from omnisonic.core.licenses.errors import LicenseConflict, UnknownTerritory
from omnisonic.core.licenses.models import License, LicenseStatus
from omnisonic.core.licenses.overlaps import day_words
from omnisonic.core.licenses.schemas import ConflictPreview, LicenseDraft
from omnisonic.core.licenses.state import LicensesState
from omnisonic.core.licenses.territories import parse_territory
from omnisonic.core.licenses.territory_words import count_countries, readable, remarks
from omnisonic.core.licenses.words import (
    OverlapLine,
    day_text,
    end_of,
    free_after,
    last_day_text,
    overlap_line,
    start_of,
    verdict,
)
from omnisonic.platform.actor import Actor
from omnisonic.platform.auth.guard import current_actor, guarded
from omnisonic.platform.db import in_thread, read_session, unit_of_work
from omnisonic.platform.db_errors import repeatable
from omnisonic.platform.errors import InvalidFields, OmnisonicError, VersionConflict
from omnisonic.platform.ids import utc_now
from omnisonic.platform.pagination import Page
from omnisonic.platform.ui.notices import tell

CHOICES = 8
RECORDINGS = 50
FIELDS = {
    "licensee": 300,
    "right": 20,
    "territory": 1000,
    "starts": 10,
    "last_day": 10,
    "note": 4000,
    "recording": 36,
}
NOTE = "note"


@dataclass
class Choice:
    """A work or recording to choose."""

    id: str
    title: str


@dataclass
class Loaded:
    """A license as the form shows it."""

    row: License
    work_title: str
    recordings: list[Choice]


class LicenseFormState(rx.State):
    """One license being written. `license_id` is empty for a new one."""

    is_open: bool = False
    is_saving: bool = False
    license_id: str = ""
    work_id: str = ""
    work_title: str = ""
    work_search: str = ""
    works: rx.Field[list[Choice]] = rx.field(default_factory=list)
    recordings: rx.Field[list[Choice]] = rx.field(default_factory=list)
    licensee: str = ""
    right: str = "MASTER"
    recording: str = ""
    is_exclusive: bool = True
    starts: str = ""
    last_day: str = ""
    territory: str = ""
    territory_name: str = "Worldwide"
    territory_remarks: rx.Field[list[str]] = rx.field(default_factory=list)
    territory_problem: str = ""
    note: str = ""
    is_draft: bool = False
    problem: str = ""
    missing: str = ""
    is_clear: bool = False
    conflicts: rx.Field[list[OverlapLine]] = rx.field(default_factory=list)
    drafts: rx.Field[list[OverlapLine]] = rx.field(default_factory=list)
    meets_words: str = ""
    free_from: str = ""
    free_words: str = ""
    _version: int = 0
    _terms: dict[str, Any] = {}  # noqa: RUF012 (a state's default, copied by Reflex)
    _exact_start: datetime | None = None
    _exact_end: datetime | None = None

    @rx.event
    @guarded
    async def start(self, work_id: str) -> None:
        """A new license, of this work when one is given."""
        self._clear()
        self.is_open, self.starts = True, day_text(utc_now())
        if work_id:
            await self._take_work(work_id)
        else:
            await self._search("")
        await self._check()

    @rx.event
    @guarded
    async def edit(self, license_id: str) -> None:
        """A license that is there."""
        loaded = await in_thread(_load, current_actor(), UUID(license_id))
        row = loaded.row
        self._clear()
        self.is_open, self.license_id, self._version = True, license_id, row.version
        self.work_id, self.work_title = str(row.work_id), loaded.work_title
        self.recordings = loaded.recordings
        self.licensee, self.right, self.is_exclusive = row.licensee, row.rights_type.value, row.exclusive
        self.recording = str(row.recording_id or "")
        self._exact_start, self._exact_end = row.effective_from, row.expires_on
        self.starts, self.last_day = day_text(row.effective_from), last_day_text(row.expires_on)
        self.territory, self.is_draft = row.territory or "", row.status is LicenseStatus.DRAFT
        self._terms = dict(row.terms or {})
        self.note = str(self._terms.get(NOTE, ""))
        await self._check()

    @rx.event
    @guarded
    async def close(self) -> None:
        """Put the form away."""
        self._clear()

    @rx.event
    @guarded
    async def close_on_escape(self, key: str) -> None:
        """Put the form away with the keyboard."""
        if key == "Escape":
            self._clear()

    @rx.event
    @guarded
    async def search_works(self, words: str) -> None:
        """Works to choose from."""
        await self._search(words[:200])

    @rx.event
    @guarded
    async def choose_work(self, work_id: str) -> None:
        """The work to license."""
        await self._take_work(work_id)
        await self._check()

    @rx.event
    @guarded
    async def forget_work(self) -> None:
        """Choose another work."""
        self.work_id = self.work_title = self.recording = ""
        await self._search("")
        await self._check()

    @rx.event
    @guarded
    async def write(self, name: str, value: str) -> None:
        """Take what stands in a field, and look what it would meet."""
        if name in FIELDS:
            setattr(self, name, value[: FIELDS[name]])
            await self._check()

    @rx.event
    @guarded
    async def choose_exclusive(self, is_exclusive: bool) -> None:
        """Alone, or beside others."""
        self.is_exclusive = is_exclusive
        await self._check()

    @rx.event
    @guarded
    async def choose_draft(self, is_draft: bool) -> None:
        """Keep it as a draft, or put it in force."""
        self.is_draft = is_draft
        await self._check()

    @rx.event
    @guarded
    async def save(self) -> Any:
        """Grant or change the license; a refusal stays in the form with the way out."""
        self.problem, self.is_saving = "", True
        try:
            draft = self._draft()
            license_id = UUID(self.license_id) if self.license_id else None
            row = await in_thread(_save, current_actor(), license_id, draft, self._version)
        except LicenseConflict as error:
            await self._check()
            self.problem = "" if self.conflicts else error.detail
            return None
        except VersionConflict:
            self.problem = "Someone changed this license meanwhile. Close the form and open it again."
            return None
        except OmnisonicError as error:
            self.problem = "; ".join(one.message for one in error.errors) or error.detail
            return None
        finally:
            self.is_saving = False
        words = "The draft is saved" if row.status is LicenseStatus.DRAFT else "The license is in force"
        self._clear()
        return [tell(words), LicensesState.load]

    def _clear(self) -> None:
        self.reset()  # type: ignore[no-untyped-call]

    async def _take_work(self, work_id: str) -> None:
        self.work_title, self.recordings = await in_thread(_work_of, current_actor(), UUID(work_id))
        self.work_id, self.works = (work_id if self.work_title else ""), []

    async def _search(self, words: str) -> None:
        self.work_search = words
        self.works = await in_thread(_works, current_actor(), words)

    async def _check(self) -> None:
        self.problem = self.territory_problem = ""
        self.is_clear, self.conflicts, self.drafts, self.territory_remarks = False, [], [], []
        self.meets_words = self.free_from = self.free_words = ""
        try:
            territory = parse_territory(self.territory)
        except UnknownTerritory as error:
            self.territory_name, self.territory_problem = "", error.detail
            return
        count = count_countries(territory)
        self.territory_name = readable(territory) + (f" · {count} countries" if 1 < count < 249 else "")
        self.territory_remarks = remarks(territory)
        self.missing = self._missing()
        if self.missing:
            return
        try:
            draft = self._draft()
            license_id = UUID(self.license_id) if self.license_id else None
            met = await in_thread(_preview, current_actor(), draft, license_id)
        except OmnisonicError as error:
            self.problem = "; ".join(one.message for one in error.errors) or error.detail
            return
        self.conflicts = [overlap_line(one) for one in met.conflicts]
        self.drafts = [overlap_line(one) for one in met.drafts]
        self.is_clear = not met.conflicts
        self.meets_words = verdict(met, is_draft=self.is_draft)
        if (free := free_after(met.conflicts, draft.expires_on)) is not None:
            self.free_from, self.free_words = day_text(free), day_words(free)

    def _missing(self) -> str:
        if not self.work_id:
            return "Choose the work."
        if not self.licensee.strip():
            return "Name who gets the license."
        return "" if self.starts else "Say when it begins."

    def _draft(self) -> LicenseDraft:
        terms = {**self._terms, NOTE: self.note.strip()}
        try:
            starts = (
                self._exact_start if self.starts == day_text(self._exact_start) else start_of(self.starts)
            )
            is_same_end = self._exact_end is not None and self.last_day == last_day_text(self._exact_end)
            ends = self._exact_end if is_same_end else end_of(self.last_day) if self.last_day else None
            return LicenseDraft.model_validate(
                {
                    "work_id": self.work_id,
                    "recording_id": self.recording
                    if self.right == RightsType.MASTER and self.recording
                    else None,
                    "licensee": self.licensee,
                    "territory": self.territory or None,
                    "rights_type": self.right,
                    "exclusive": self.is_exclusive,
                    "effective_from": starts,
                    "expires_on": ends,
                    "terms": {name: value for name, value in terms.items() if value != ""} or None,
                    "status": LicenseStatus.DRAFT if self.is_draft else LicenseStatus.ACTIVE,
                }
            )
        except ValidationError as error:
            raise InvalidFields(_first_words(error)) from error
        except (ValueError, OverflowError) as error:
            raise InvalidFields("Write dates as year-month-day.") from error


def _first_words(error: ValidationError) -> str:
    words = str(error.errors()[0]["msg"]).removeprefix("Value error, ")
    return "The last day must not be before the first." if "expiresOn must be after" in words else words


def _load(actor: Actor, license_id: UUID) -> Loaded:
    with read_session() as session:
        row = service.get_license(session, actor, license_id=license_id)
        title, recordings = queries.title_of_work(session, actor, work_id=row.work_id), []
        where = CatalogFilter(work_id=row.work_id)
        found, _ = listing.list_recordings(session, actor, page=Page(limit=RECORDINGS), where=where)
        recordings = [Choice(str(one.id), f"{one.title} · {one.primary_artist}") for one in found]
        return Loaded(row, title, recordings)


def _work_of(actor: Actor, work_id: UUID) -> tuple[str, list[Choice]]:
    with read_session() as session:
        title = queries.title_of_work(session, actor, work_id=work_id)
        where = CatalogFilter(work_id=work_id)
        found, _ = listing.list_recordings(session, actor, page=Page(limit=RECORDINGS), where=where)
        return title, [Choice(str(one.id), f"{one.title} · {one.primary_artist}") for one in found]


def _works(actor: Actor, words: str) -> list[Choice]:
    where = CatalogFilter(search=words.strip() or None, mine=not is_curator(actor))
    with read_session() as session:
        found, _ = listing.list_works(session, actor, page=Page(limit=CHOICES), where=where)
        return [Choice(str(one.id), one.title) for one in found]


def _preview(actor: Actor, draft: LicenseDraft, license_id: UUID | None) -> ConflictPreview:
    with read_session() as session:
        return service.preview_conflicts(session, actor, draft=draft, license_id=license_id)


@repeatable
def _save(actor: Actor, license_id: UUID | None, draft: LicenseDraft, version: int) -> License:
    with unit_of_work() as uow:
        if license_id is None:
            return service.create_license(uow, actor, draft=draft)
        return service.update_license(uow, actor, license_id=license_id, draft=draft, version=version)
