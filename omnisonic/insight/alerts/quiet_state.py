"""When an account wants to be left alone: its time zone, quiet hours and the weekly digest."""

from __future__ import annotations

from datetime import time
from typing import Any

import reflex as rx
from pydantic import ValidationError

from omnisonic.insight.alerts import preferences
from omnisonic.insight.alerts.quiet_words import clock_of, digest_words, parse_clock, quiet_words
from omnisonic.insight.alerts.schemas import NotificationChange, NotificationView
from omnisonic.platform.actor import Actor
from omnisonic.platform.auth.guard import current_actor, guarded
from omnisonic.platform.auth.repository import find_user
from omnisonic.platform.db import in_thread, read_session, unit_of_work
from omnisonic.platform.db_errors import repeatable
from omnisonic.platform.errors import FieldError, InvalidFields, OmnisonicError
from omnisonic.platform.ui.notices import tell


class QuietState(rx.State):
    """The caller's settings as they are kept; `version` guards against a change in another tab."""

    is_loaded: bool = False
    load_problem: str = ""
    problem: str = ""
    time_zone: str = ""
    quiet_from: str = ""
    quiet_until: str = ""
    weekly_digest: bool = False
    summary: str = ""
    digest_words: str = ""
    version: int = 0
    form_key: int = 0

    @rx.event
    @guarded
    async def load(self) -> None:
        """The settings as they are now."""
        self.load_problem = self.problem = ""
        actor = current_actor()
        self.digest_words = digest_words(actor.email, is_confirmed=await in_thread(_is_confirmed, actor))
        self._show(await in_thread(_find, actor))

    @rx.event
    @guarded
    async def save(self, form: dict[str, Any]) -> Any:
        """Keep what the form holds."""
        self.problem = ""
        try:
            view = await in_thread(_save, current_actor(), form, self.version)
        except OmnisonicError as error:
            self.problem = error.errors[0].message if error.errors else error.detail
            return None
        self._show(view)
        return tell("Saved", view_words(view))

    def _show(self, view: NotificationView) -> None:
        self.time_zone, self.version = view.time_zone, view.version
        self.quiet_from, self.quiet_until = clock_of(view.quiet_from), clock_of(view.quiet_until)
        self.weekly_digest, self.summary = view.weekly_digest, view_words(view)
        self.form_key += 1
        self.is_loaded = True


def view_words(view: NotificationView) -> str:
    """The quiet hours of settings in a sentence."""
    return quiet_words(view.quiet_from, view.quiet_until, zone=view.time_zone)


def _find(actor: Actor) -> NotificationView:
    with read_session() as session:
        return preferences.get_settings_of(session, actor)


def _is_confirmed(actor: Actor) -> bool:
    with read_session() as session:
        user = find_user(session, actor.user_id)
    return user is not None and user.email_verified_at is not None


@repeatable
def _save(actor: Actor, form: dict[str, Any], version: int) -> NotificationView:
    change = _change_of(form, version)
    with unit_of_work() as uow:
        return preferences.change_settings(uow, actor, change=change)


def _change_of(form: dict[str, Any], version: int) -> NotificationChange:
    start, end = _time(form, "quiet_from"), _time(form, "quiet_until")
    try:
        return NotificationChange(
            time_zone=str(form.get("time_zone", "")).strip(),
            quiet_from=start,
            quiet_until=end,
            weekly_digest=bool(form.get("weekly_digest")),
            version=version,
        )
    except ValidationError as error:
        words = str(error.errors()[0]["msg"]).removeprefix("Value error, ")
        raise InvalidFields(words, errors=[FieldError("timeZone", "settings", words)]) from None


def _time(form: dict[str, Any], name: str) -> time | None:
    return parse_clock(str(form.get(name, "")))
