"""Draft or release: what a release still needs, and the ISRC that it is to have."""

from __future__ import annotations

from uuid import UUID

import reflex as rx

from omnisonic.core.identifiers import format_isrc
from omnisonic.core.releases.isrcs import check_isrc
from omnisonic.platform.actor import Actor
from omnisonic.platform.auth.guard import current_actor, guarded
from omnisonic.platform.db import in_thread, read_session
from omnisonic.platform.errors import NotFound, OmnisonicError
from omnisonic.studio.exports.models import ExportKind
from omnisonic.studio.exports.readiness import Readiness, release_readiness

MAX_ISRC_CHARS = 40


class ReleaseFormState(rx.State):
    """The part of the export form that is about releases. `isrc` is empty for "the next one of yours"."""

    kind: str = ExportKind.DRAFT.value
    is_agreed: bool = False
    sheet_words: str = ""
    is_mixed: bool = False
    mix_words: str = ""
    isrc_prefix: str = ""
    isrc: str = ""
    isrc_said: str = ""
    isrc_problem: str = ""
    form_key: int = 0

    @rx.var
    def is_numbered(self) -> bool:
        """Whether there is an ISRC to use."""
        return not self.isrc_problem and bool(self.isrc or self.isrc_prefix)

    @rx.var
    def is_complete(self) -> bool:
        """Whether nothing is missing for a release."""
        return self.is_agreed and self.is_mixed and self.is_numbered

    @rx.event
    @guarded
    async def choose(self, kind: str) -> None:
        """A draft is a file; a release enters the catalog."""
        if kind in set(ExportKind):
            self.kind = kind
            await self._look()

    @rx.event
    @guarded
    async def look(self) -> None:
        """Look again at what is missing: a sheet was locked, a track became ready."""
        await self._look()

    @rx.event
    @guarded
    async def check(self, isrc: str) -> None:
        """Say whether an ISRC of one's own can be used."""
        self.isrc, self.isrc_said, self.isrc_problem = isrc.strip()[:MAX_ISRC_CHARS], "", ""
        if not self.isrc:
            return
        try:
            found = await in_thread(_check, self.isrc)
        except OmnisonicError as error:
            self.isrc_problem = error.detail
            return
        self.isrc, self.isrc_said = found or "", f"{format_isrc(found)} is free" if found else ""

    async def _look(self) -> None:
        session_id = self.router.url.path.rstrip("/").rpartition("/")[2]
        try:
            found = await in_thread(_readiness, current_actor(), UUID(session_id))
        except (NotFound, ValueError):  # the page itself says that there is no such session
            return
        self.is_agreed, self.sheet_words = found.is_agreed, found.sheet_words
        self.is_mixed, self.mix_words = found.is_mixed, found.mix_words
        self.isrc_prefix = found.isrc_prefix or ""


def begin_again(form: ReleaseFormState) -> None:
    """After a release the form is for drafts again: what stays for good is never asked for by habit."""
    form.kind = ExportKind.DRAFT.value
    form.isrc = form.isrc_said = form.isrc_problem = ""
    form.form_key += 1


def wanted_isrc(form: ReleaseFormState) -> str | None:
    """The ISRC to send: none with a draft."""
    return (form.isrc or None) if form.kind == ExportKind.RELEASE else None


def _readiness(actor: Actor, session_id: UUID) -> Readiness:
    with read_session() as session:
        return release_readiness(session, actor, session_id=session_id)


def _check(isrc: str) -> str | None:
    with read_session() as session:
        return check_isrc(session, isrc)
