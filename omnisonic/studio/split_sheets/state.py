"""The Splits panel of the open session: what is proposed, who has accepted, and the editor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import reflex as rx
from pydantic import ValidationError

from omnisonic.platform.auth.guard import current_actor, guarded
from omnisonic.platform.db import in_thread
from omnisonic.platform.errors import NotFound, OmnisonicError, VersionConflict
from omnisonic.platform.ui.notices import tell
from omnisonic.studio.split_sheets import panel
from omnisonic.studio.split_sheets.cards import EarlierCard, SheetCard
from omnisonic.studio.split_sheets.errors import NoSheetProposed, SheetProposed
from omnisonic.studio.split_sheets.panel import Panel

MODES = ("", "edit", "ask", "withdraw")
UNREADABLE = "Give everyone a name and a share above 0 %, together 100 %."


@dataclass
class Draft:
    """What the editor starts with. `version` is the one it changes; 0 proposes a new sheet."""

    key: int = 0
    version: int = 0
    title: str = ""
    note: str = ""


class SplitsState(rx.State):
    """The sheet of the open session as the viewer sees it. `mode`: empty, edit, ask or withdraw."""

    session_id: str = ""
    is_loaded: bool = False
    may_propose: bool = False
    is_proposed: bool = False
    wants_me: bool = False
    mark: str = ""
    sheet: rx.Field[SheetCard] = rx.field(default_factory=SheetCard)
    earlier: rx.Field[list[EarlierCard]] = rx.field(default_factory=list)
    mode: str = ""
    draft: rx.Field[Draft] = rx.field(default_factory=Draft)
    rows: rx.Field[list[dict[str, Any]]] = rx.field(default_factory=list)
    people: rx.Field[list[dict[str, Any]]] = rx.field(default_factory=list)
    clash: str = ""
    problem: str = ""
    moved_on: str = ""

    @rx.event
    @guarded
    async def load(self) -> None:
        """The sheet of the session that the address names."""
        session_id = self.router.url.path.rstrip("/").rpartition("/")[2]
        if session_id != self.session_id:
            self.session_id, self.is_loaded, self.sheet, self.earlier = session_id, False, SheetCard(), []
            self.mode = self.problem = self.clash = self.moved_on = self.mark = ""
            self.wants_me = self.is_proposed = False
        await self._look()

    @rx.event
    @guarded
    async def look(self) -> None:
        """Look again: someone proposed, changed or answered."""
        was = self.sheet.version if self.is_proposed else 0
        await self._look()
        if not self.is_proposed or not was or self.sheet.version == was:
            return
        if self.mode == "edit":
            self.clash = f"{self.sheet.by} made version {self.sheet.version} while you were at it."
        elif self.sheet.by != "you":
            self.mode = ""
            self.moved_on = f"{self.sheet.by} changed the shares: this is version {self.sheet.version}."

    @rx.event
    @guarded
    async def turn(self, mode: str) -> None:
        """Ask for a change, think about withdrawing, or go back to the sheet."""
        if mode in MODES:
            self.mode, self.problem, self.clash = mode, "", ""

    @rx.event
    @guarded
    async def edit(self, is_equal: bool) -> None:
        """Open the editor on the proposed shares, else on those locked last or, if wanted, equal ones."""
        found = await in_thread(panel.start_editor, current_actor(), UUID(self.session_id), is_equal)
        self.rows, self.people = found.rows, found.people
        self.draft = Draft(self.draft.key + 1, found.version, found.title, found.note)
        self.mode, self.problem, self.clash, self.moved_on = "edit", "", "", ""

    @rx.event
    @guarded
    async def save(self, rows: list[dict[str, Any]], title: str, note: str) -> Any:
        """Propose the rows, as the next version if a sheet is on the table."""
        return await self._save(rows, title, note, self.draft.version)

    @rx.event
    @guarded
    async def save_over(self, rows: list[dict[str, Any]], title: str, note: str) -> Any:
        """Propose the rows although someone was faster: as the version after theirs."""
        return await self._save(rows, title, note, self.sheet.version if self.is_proposed else 0)

    @rx.event
    @guarded
    async def accept(self, version: int, sha256: str) -> Any:
        """Accept exactly what is on the viewer's screen."""
        return await self._answer({"version": version, "sha256": sha256, "answer": "accept"})

    @rx.event
    @guarded
    async def ask(self, version: int, sha256: str, form: dict[str, Any]) -> Any:
        """Ask for a change, with a word."""
        word = str(form.get("word", "")).strip()
        return await self._answer({"version": version, "sha256": sha256, "answer": "ask", "word": word})

    @rx.event
    @guarded
    async def withdraw(self, version: int) -> Any:
        """Take the sheet back; it stays among the earlier ones."""
        return await self._do(panel.withdraw, version, said=("The sheet is withdrawn", ""))

    async def _save(self, rows: list[dict[str, Any]], title: str, note: str, version: int) -> Any:
        self.problem = self.clash = ""
        try:
            await in_thread(panel.propose, current_actor(), UUID(self.session_id), rows, title, note, version)
        except ValidationError:
            self.problem = UNREADABLE
            return None
        except (SheetProposed, VersionConflict, NoSheetProposed):
            await self._look()
            self.clash = self._what_came_first()
            return None
        except OmnisonicError as error:
            self.problem = error.detail
            return None
        self.mode = ""
        await self._look()
        return None

    def _what_came_first(self) -> str:
        if self.is_proposed:
            return f"{self.sheet.by} proposed version {self.sheet.version} while you were at it."
        return "Meanwhile the sheet was locked or withdrawn."

    async def _answer(self, given: dict[str, Any]) -> Any:
        try:
            return await self._do(panel.answer, given)
        except ValidationError:
            self.problem = "Your words are too long. Say it in 2000 characters."
            return None

    async def _do(self, action: Any, given: Any, said: tuple[str, str] | None = None) -> Any:
        self.problem = self.moved_on = ""
        was_open = self.is_proposed
        try:
            await in_thread(action, current_actor(), UUID(self.session_id), given)
        except (VersionConflict, NoSheetProposed) as error:
            await self._look()
            self.mode, self.moved_on = "", error.detail
            return None
        except OmnisonicError as error:
            self.problem = error.detail
            return None
        self.mode = ""
        await self._look()
        if was_open and self.sheet.status == "locked" and not said:
            return tell(
                "The split sheet is locked", "Everyone has accepted. The owner can release the mix now."
            )
        return tell(*said) if said else None

    async def _look(self) -> None:
        try:
            found = await in_thread(panel.fetch_panel, current_actor(), UUID(self.session_id))
        except (NotFound, ValueError):  # the page itself says that there is no such session
            return
        self._show(found)

    def _show(self, found: Panel) -> None:
        self.sheet, self.earlier, self.mark = found.sheet, found.earlier, found.mark
        self.may_propose, self.is_loaded = found.may_propose, True
        self.is_proposed = found.sheet.status == "proposed"
        self.wants_me = self.is_proposed and found.sheet.my_standing == "waiting"
