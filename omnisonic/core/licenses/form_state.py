"""The form of one license: what it says right now, what it would meet, and saving it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import reflex as rx

from omnisonic.core.licenses import form_reads
from omnisonic.core.licenses.errors import LicenseConflict, UnknownTerritory
from omnisonic.core.licenses.form_draft import NOTE, Filled, Stored, draft_of, missing_words
from omnisonic.core.licenses.form_reads import Choice, LicensedWork
from omnisonic.core.licenses.models import LicenseStatus
from omnisonic.core.licenses.overlaps import day_words
from omnisonic.core.licenses.schemas import ConflictPreview
from omnisonic.core.licenses.state import LicensesState
from omnisonic.core.licenses.territories import parse_territory
from omnisonic.core.licenses.territory_words import count_countries, readable, remarks
from omnisonic.core.licenses.words import (
    OverlapLine,
    day_text,
    free_after,
    last_day_text,
    overlap_line,
    verdict,
)
from omnisonic.platform.auth.guard import current_actor, guarded
from omnisonic.platform.db import in_thread
from omnisonic.platform.errors import NotFound, OmnisonicError, VersionConflict
from omnisonic.platform.ids import parse_id, utc_now
from omnisonic.platform.ui.notices import tell

ALL_COUNTRIES = 249
FIELDS = {
    "licensee": 300,
    "right": 20,
    "territory": 1000,
    "starts": 10,
    "last_day": 10,
    "note": 4000,
    "recording": 36,
}
NOT_YOURS = (
    "This work was registered by someone else and your account is not linked to it."
    " Ask a curator to license it or to link you."
)


class LicenseFormState(rx.State):
    """One license being written. `license_id` is empty for a new one."""

    is_ready: bool = False
    is_saving: bool = False
    closed: int = 0  # counts what ended well: the dialog closes at each
    refusal: str = ""
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
    free_territory: str = ""
    taken_words: str = ""
    _version: int = 0
    _terms: dict[str, Any] = {}  # noqa: RUF012 (a state's default, copied by Reflex)
    _exact_start: datetime | None = None
    _exact_end: datetime | None = None

    @rx.event
    @guarded
    async def start(self, work_id: str) -> Any:
        """A new license, of this work when one is given."""
        self._clear()
        yield
        self.starts = day_text(utc_now())
        if work_id:
            await self._take_work(work_id)
        else:
            await self._search("")
        await self._check()
        self.is_ready = True

    @rx.event
    @guarded
    async def edit(self, license_id: str) -> Any:
        """A license that is there."""
        self._clear()
        yield
        try:
            row, work = await in_thread(form_reads.read_license, current_actor(), _known_id(license_id))
        except NotFound:
            self.closed += 1
            raise
        self.license_id = license_id
        self._version = row.version
        self._show_work(str(row.work_id), work)
        self.licensee, self.right, self.is_exclusive = row.licensee, row.rights_type.value, row.exclusive
        self.recording = str(row.recording_id or "")
        self._exact_start, self._exact_end = row.effective_from, row.expires_on
        self.starts, self.last_day = day_text(row.effective_from), last_day_text(row.expires_on)
        self.territory, self.is_draft = row.territory or "", row.status is LicenseStatus.DRAFT
        self._terms = dict(row.terms or {})
        self.note = str(self._terms.get(NOTE, ""))
        if row.status not in (LicenseStatus.DRAFT, LicenseStatus.ACTIVE):
            self.refusal = f"This license is {row.status}; what has ended stays as it was."
        await self._check()
        self.is_ready = True

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
        self.work_id = self.work_title = self.recording = self.refusal = ""
        await self._search("")
        await self._check()

    @rx.event
    @guarded
    async def write(self, name: str, value: str) -> None:
        """Take what stands in a field, and look what it would meet."""
        if name in FIELDS:
            setattr(self, name, value[: FIELDS[name]])
            if name != NOTE:  # a note is in nobody's way
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
            draft, license_id = draft_of(self._filled()), self._license_id()
            row = await in_thread(form_reads.save, current_actor(), license_id, draft, self._version)
        except LicenseConflict as error:
            await self._check()
            self.problem = "" if self.conflicts else error.detail
            return None
        except VersionConflict:
            self.problem = "Someone changed this license meanwhile. Close the form and open it again."
            return None
        except OmnisonicError as error:
            self.problem = _words_of(error)
            return None
        finally:
            self.is_saving = False
        words = "The draft is saved" if row.status is LicenseStatus.DRAFT else "The license is in force"
        self.closed += 1
        return [tell(words), LicensesState.load]

    def _clear(self) -> None:
        closed = self.closed
        self.reset()  # type: ignore[no-untyped-call]
        self.closed = closed

    def _license_id(self) -> UUID | None:
        return UUID(self.license_id) if self.license_id else None

    async def _take_work(self, work_id: str) -> None:
        work = await in_thread(form_reads.read_work, current_actor(), _known_id(work_id))
        self._show_work(work_id, work)
        self.works = []

    def _show_work(self, work_id: str, work: LicensedWork) -> None:
        self.work_id, self.work_title, self.recordings = work_id, work.title, work.recordings
        self.refusal = "" if work.may_edit else NOT_YOURS

    async def _search(self, words: str) -> None:
        self.work_search = words
        self.works = await in_thread(form_reads.find_own_works, current_actor(), words)

    async def _check(self) -> None:
        self.problem = self.territory_problem = self.meets_words = ""
        self.is_clear, self.conflicts, self.drafts, self.territory_remarks = False, [], [], []
        self.free_from = self.free_words = self.free_territory = self.taken_words = ""
        try:
            territory = parse_territory(self.territory)
        except UnknownTerritory as error:
            self.territory_name, self.territory_problem = "", error.detail
            return
        count = count_countries(territory)
        counted = f" · {count} countries" if 1 < count < ALL_COUNTRIES else ""
        self.territory_name, self.territory_remarks = readable(territory) + counted, remarks(territory)
        filled = self._filled()
        self.missing = missing_words(filled)
        if self.missing:
            return
        try:
            draft = draft_of(filled)
            met = await in_thread(form_reads.preview, current_actor(), draft, self._license_id())
        except OmnisonicError as error:
            self.problem = _words_of(error)
            return
        self._show_met(met, draft.expires_on)

    def _show_met(self, met: ConflictPreview, wanted_end: datetime | None) -> None:
        self.conflicts = [overlap_line(one) for one in met.conflicts]
        self.drafts = [overlap_line(one) for one in met.drafts]
        self.is_clear = not met.conflicts
        self.meets_words = verdict(met, is_draft=self.is_draft)
        self.free_territory, self.taken_words = met.free_territory or "", met.taken_territory or ""
        if (free := free_after(met.conflicts, wanted_end)) is not None:
            self.free_from, self.free_words = day_text(free), day_words(free)

    def _filled(self) -> Filled:
        return Filled(
            work_id=self.work_id,
            licensee=self.licensee,
            right=self.right,
            recording=self.recording,
            is_exclusive=self.is_exclusive,
            starts=self.starts,
            last_day=self.last_day,
            territory=self.territory,
            note=self.note,
            is_draft=self.is_draft,
            stored=Stored(self._exact_start, self._exact_end, dict(self._terms)),
        )


def _known_id(text: str) -> UUID:
    found = parse_id(text)
    if found is None:
        raise NotFound("There is nothing with this id.")
    return found


def _words_of(error: OmnisonicError) -> str:
    return "; ".join(one.message for one in error.errors) or error.detail
