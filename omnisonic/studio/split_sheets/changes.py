"""What changed from one version of a sheet to the next, in words. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from omnisonic.core.catalog.role_words import percent_words, role_words
from omnisonic.studio.split_sheets.schemas import SheetVersionView, VersionShareView

Parts = dict[UUID, list[VersionShareView]]


def changes_between(before: SheetVersionView, after: SheetVersionView) -> list[str]:
    """One sentence per change; a version that changed nothing has none."""
    said: list[str] = []
    if before.title != after.title:
        said.append(f"Title: “{before.title}” → “{after.title}”")
    was, now = _by_person(before.shares), _by_person(after.shares)
    for person in dict.fromkeys([*now, *was]):
        said += _of_person(was.get(person, []), now.get(person, []))
    if before.note != after.note:
        said.append("The note is gone" if not after.note else f"Note: “{after.note}”")
    return said


def _by_person(shares: Iterable[VersionShareView]) -> Parts:
    found: Parts = {}
    for one in shares:
        found.setdefault(one.user_id, []).append(one)
    return found


def _of_person(was: list[VersionShareView], now: list[VersionShareView]) -> list[str]:
    if not was:
        return [f"{one.name} gets {percent_words(one.share_ppm)} ({role_words(one.role)})" for one in now]
    if not now:
        return [f"{was[0].name} has no share any more (had {percent_words(_sum(was))})"]
    said = []
    if was[0].name != now[0].name:
        said.append(f"{was[0].name} is written “{now[0].name}”")
    if len(was) == len(now) == 1 and was[0].role != now[0].role:
        said.append(f"{now[0].name}: {role_words(was[0].role)} → {role_words(now[0].role)}")
        former = {now[0].role: was[0].share_ppm}
    else:
        former = {one.role: one.share_ppm for one in was}
    present = {one.role: one.share_ppm for one in now}
    is_one = len(former) == len(present) == 1
    for role in dict.fromkeys([*present, *former]):
        if former.get(role, 0) != present.get(role, 0):
            as_what = "" if is_one else f" as {role_words(role)}"
            step = f"{percent_words(former.get(role, 0))} → {percent_words(present.get(role, 0))}"
            said.append(f"{now[0].name}{as_what}: {step}")
    return said


def _sum(shares: Iterable[VersionShareView]) -> int:
    return sum(one.share_ppm for one in shares)
