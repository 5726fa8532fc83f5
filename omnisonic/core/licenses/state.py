"""The list of licenses, of everything or of one work, as its pages show it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import reflex as rx
from sqlmodel import Session

from omnisonic.core.catalog.models import RightsType
from omnisonic.core.licenses import queries, service
from omnisonic.core.licenses.errors import LicenseConflict, UnknownTerritory
from omnisonic.core.licenses.models import License, LicenseStatus
from omnisonic.core.licenses.repository import LicenseFilter, editable_works
from omnisonic.core.licenses.territories import parse_territory
from omnisonic.core.licenses.timeline import Timeline, timeline_of
from omnisonic.core.licenses.words import LicenseLine, line_of
from omnisonic.platform.actor import Actor
from omnisonic.platform.auth.guard import current_actor, guarded
from omnisonic.platform.db import in_thread, read_session, unit_of_work
from omnisonic.platform.db_errors import repeatable
from omnisonic.platform.errors import OmnisonicError
from omnisonic.platform.ids import parse_id, utc_now
from omnisonic.platform.pagination import Page, decode_cursor
from omnisonic.platform.ui.notices import tell, warn

PAGE_ROWS = 50
MAX_ROWS = 200
ENDING_ROWS = 5
MAX_SEARCH_CHARS = 200
WORK_PAGES = "/catalog/works/"
CSV_FILE = "/api/licenses.csv"
EVERY = "all"


@dataclass
class Found:
    """One look at the database."""

    lines: list[LicenseLine]
    cursor: str = ""
    ending: list[LicenseLine] = field(default_factory=list)
    timeline: Timeline = field(default_factory=Timeline)
    work_title: str = ""
    may_grant: bool = True


class LicensesState(rx.State):
    """Licenses under the present filters, newest first; on a work's page those of the work."""

    is_loaded: bool = False
    load_problem: str = ""
    work_id: str = ""
    work_title: str = ""
    may_grant: bool = True  # of this work; without one people choose among their own
    search: str = ""
    status: str = EVERY
    right: str = EVERY
    territory: str = ""
    territory_problem: str = ""
    lines: rx.Field[list[LicenseLine]] = rx.field(default_factory=list)
    ending: rx.Field[list[LicenseLine]] = rx.field(default_factory=list)
    timeline: rx.Field[Timeline] = rx.field(default_factory=Timeline)
    cursor: str = ""
    has_any: bool = False
    highlighted: str = ""
    revoked_id: str = ""
    revoked_words: str = ""

    @rx.var
    def csv_href(self) -> str:
        """The file of what the filters show."""
        asked = {
            "workId": self.work_id,
            "status": self.status if self.status != EVERY else "",
            "rightsType": self.right if self.right != EVERY else "",
            "territory": self.territory.strip() if not self.territory_problem else "",
            "licensee": self.search.strip(),
        }
        query = urlencode({name: value for name, value in asked.items() if value})
        return f"{CSV_FILE}?{query}" if query else CSV_FILE

    @rx.event
    @guarded
    async def load(self) -> None:
        """The first page; the address may name a work and a license to point at."""
        self.load_problem = self.revoked_id = ""
        path, query = self.router.url.path, self.router.url.query_parameters
        place = path.rstrip("/").rpartition("/")[2] if path.startswith(WORK_PAGES) else query.get("work", "")
        self.work_id = str(parse_id(place) or "")
        if path.startswith(WORK_PAGES):  # shows no filters, so none may hide anything
            self.search = self.territory = ""
            self.status = self.right = EVERY
        self.highlighted = str(parse_id(query.get("license", "")) or "")
        await self._look()
        self.has_any = self.has_any or bool(self.lines)
        self.is_loaded = True

    @rx.event
    @guarded
    async def filter_search(self, words: str) -> None:
        """Only licensees with these words in their name."""
        self.search = words[:MAX_SEARCH_CHARS]
        await self._look()

    @rx.event
    @guarded
    async def filter_status(self, status: str) -> None:
        """Only licenses in one state."""
        self.status = status if status in set(LicenseStatus) else EVERY
        await self._look()

    @rx.event
    @guarded
    async def filter_right(self, right: str) -> None:
        """Only one right."""
        self.right = right if right in set(RightsType) else EVERY
        await self._look()

    @rx.event
    @guarded
    async def filter_territory(self, words: str) -> None:
        """Only licenses that touch a territory; an unknown one is said and filters nothing."""
        self.territory = words[:MAX_SEARCH_CHARS]
        await self._look()

    @rx.event
    @guarded
    async def point_at(self, license_id: str) -> None:
        """Show a license in the list, marked and first."""
        self.highlighted = str(parse_id(license_id) or "")
        await self._look()

    @rx.event
    @guarded
    async def show_more(self) -> None:
        """The next page below."""
        if self.cursor and len(self.lines) < MAX_ROWS:
            found = await in_thread(_find, current_actor(), self._filter(), self.cursor, self.highlighted)
            self.lines = [*self.lines, *found.lines][:MAX_ROWS]
            self.cursor = found.cursor

    @rx.event
    @guarded
    async def revoke(self, license_id: str) -> None:
        """End a license now; `undo_revoke` takes it back while nothing else took its place."""
        row = await in_thread(_revoke, current_actor(), UUID(license_id))
        self.revoked_id = license_id
        self.revoked_words = f"Revoked the license of {row.licensee}"
        await self._look()

    @rx.event
    @guarded
    async def undo_revoke(self) -> Any:
        """Put the license that was revoked last in force again."""
        license_id, self.revoked_id = self.revoked_id, ""
        try:
            await in_thread(_activate, current_actor(), UUID(license_id))
        except LicenseConflict as error:
            return warn("It stays revoked", error.detail)
        finally:
            await self._look()
        return tell("The license is in force again")

    @rx.event
    @guarded
    async def forget_revoke(self) -> None:
        """Take the undo bar away."""
        self.revoked_id = ""

    @rx.event
    @guarded
    async def activate(self, license_id: str) -> Any:
        """Put a draft in force."""
        try:
            await in_thread(_activate, current_actor(), UUID(license_id))
        except OmnisonicError as error:
            return warn("It stays a draft", error.detail)
        await self._look()
        return tell("The license is in force")

    async def _look(self) -> None:
        found = await in_thread(_find, current_actor(), self._filter(), "", self.highlighted)
        self.lines, self.cursor = found.lines, found.cursor
        self.ending, self.timeline, self.work_title = found.ending, found.timeline, found.work_title
        self.may_grant = found.may_grant
        self.has_any = self.has_any or bool(found.lines)

    def _filter(self) -> LicenseFilter:
        where = LicenseFilter(
            work_id=parse_id(self.work_id) if self.work_id else None,
            status=LicenseStatus(self.status) if self.status != EVERY else None,
            rights_type=RightsType(self.right) if self.right != EVERY else None,
            licensee=self.search.strip() or None,
        )
        self.territory_problem = ""
        try:
            wanted = parse_territory(self.territory)
        except UnknownTerritory as error:
            self.territory_problem = error.detail
            return where
        return replace(where, territories=wanted.ranges) if self.territory.strip() else where


def _find(actor: Actor, where: LicenseFilter, cursor: str, highlighted: str) -> Found:
    now = utc_now()
    with read_session() as session:
        page = Page(limit=PAGE_ROWS, after=decode_cursor(cursor))
        rows, next_cursor = queries.list_licenses(session, actor, page=page, where=where)
        found = Found(_lines(session, actor, rows, now), next_cursor or "")
        if where.work_id is not None:
            every = queries.licenses_of_work(session, actor, work_id=where.work_id)
            found.may_grant = bool(editable_works(session, actor, [where.work_id]))
            views = queries.views_of(session, every)
            found.timeline = timeline_of(views, now=now, may_edit=found.may_grant)
            found.work_title = queries.title_of_work(session, actor, work_id=where.work_id)
        elif not cursor:
            ending = queries.expiring_licenses(session, actor, limit=ENDING_ROWS)
            found.ending = _lines(session, actor, ending, now)
        found.lines = (
            _with_highlighted(session, actor, found.lines, highlighted, now) if not cursor else found.lines
        )
    return found


def _lines(session: Session, actor: Actor, rows: list[License], now: datetime) -> list[LicenseLine]:
    mine = editable_works(session, actor, {row.work_id for row in rows})
    views = queries.views_of(session, rows)
    return [line_of(view, now=now, may_edit=view.work_id in mine) for view in views]


def _with_highlighted(
    session: Session, actor: Actor, lines: list[LicenseLine], highlighted: str, now: datetime
) -> list[LicenseLine]:
    """The license that a link points at comes first, wherever it is in the list."""
    if not highlighted:
        return lines
    rest = [line for line in lines if line.id != highlighted]
    row = session.get(License, UUID(highlighted))
    return [*_lines(session, actor, [row], now), *rest] if row is not None else lines


@repeatable
def _revoke(actor: Actor, license_id: UUID) -> License:
    with unit_of_work() as uow:
        return service.revoke_license(uow, actor, license_id=license_id)


@repeatable
def _activate(actor: Actor, license_id: UUID) -> License:
    with unit_of_work() as uow:
        return service.activate_license(uow, actor, license_id=license_id)
