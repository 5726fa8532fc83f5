"""A sheet in the words of the panel: who is waited for, what was said, newest first."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from omnisonic.core.catalog.models import ContributionRole
from omnisonic.studio.split_sheets.cards import seen_mark, sheet_card
from omnisonic.studio.split_sheets.models import SplitSheetStatus
from omnisonic.studio.split_sheets.schemas import (
    ShareView,
    SheetAnswerView,
    SheetVersionView,
    SheetView,
    VersionShareView,
)

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
MARA, TEO, NILS = (UUID(int=number) for number in (1, 2, 3))
MEMBERS = {MARA: "Mara", TEO: "Teo", NILS: "Nils"}


def part(who: UUID, name: str, ppm: int, **changes: Any) -> ShareView:
    """A part of a sheet."""
    values: dict[str, Any] = {"accepted_at": None, "is_member": True, "contributor_id": None, **changes}
    role = ContributionRole.COMPOSER_LYRICIST
    return ShareView(user_id=who, name=name, role=role, share_ppm=ppm, pct_share=ppm / 10_000, **values)


def sheet(*shares: ShareView, answers: list[SheetAnswerView], **changes: Any) -> SheetView:
    """A proposed sheet at its second version."""
    waiting = [one.user_id for one in shares if one.user_id and not one.accepted_at]
    values: dict[str, Any] = {
        "status": SplitSheetStatus.PROPOSED,
        "locked_at": None,
        "leaf_hash": None,
        "proof_url": None,
        "is_provable": False,
        "waiting_for": waiting,
        **changes,
    }
    return SheetView(
        id=UUID(int=9),
        session_id=UUID(int=8),
        title="Lights",
        note=None,
        version=2,
        sha256="0" * 64,
        proposed_by=TEO,
        proposed_by_name="Teo",
        created_at=NOON,
        updated_at=NOON,
        shares=list(shares),
        answers=answers,
        **values,
    )


def said(who: UUID, at_min: int, version: int, *, word: str | None = None) -> SheetAnswerView:
    """An answer: with a word it asks for a change."""
    at, name = NOON + timedelta(minutes=at_min), MEMBERS[who]
    return SheetAnswerView(
        user_id=who, display_name=name, version=version, is_accepted=word is None, word=word, at=at
    )


def versions(*parts: int) -> list[SheetVersionView]:
    """Versions, newest first, in which Mara has so many ppm and Teo the rest."""
    role = ContributionRole.COMPOSER_LYRICIST
    return [
        SheetVersionView(
            version=number,
            title="Lights",
            note=None,
            sha256="0" * 64,
            proposed_by=TEO if number == 2 else MARA,
            proposed_by_name="Teo" if number == 2 else "Mara",
            at=NOON + timedelta(minutes=10 * number),
            shares=[
                VersionShareView(user_id=MARA, name="Mara", role=role, share_ppm=ppm),
                VersionShareView(user_id=TEO, name="Teo", role=role, share_ppm=1_000_000 - ppm),
            ],
        )
        for number, ppm in zip(range(len(parts), 0, -1), parts, strict=True)
    ]


def test_a_proposed_sheet_says_who_is_waited_for_and_what_happened() -> None:
    mara, teo = part(MARA, "Mara", 400_000, accepted_at=NOON), part(TEO, "Teo", 600_000)
    answers = [said(TEO, 15, 1, word="I wrote the chorus."), said(MARA, 25, 2)]
    view = sheet(mara, teo, answers=answers)
    card = sheet_card(view, versions(400_000, 500_000), MEMBERS, me=TEO)
    assert (card.waiting, card.without, card.left) == ("you", "Nils", "")
    assert (card.my_percent, card.my_standing, card.is_last) == ("60 %", "waiting", True)
    assert [line.standing_words for line in card.shares] == [
        "accepted 21 Nov 2026, 12:00 UTC",
        "has not answered yet",
    ]
    assert [(one.who, one.did, one.word, one.changes) for one in card.happenings] == [
        ("Mara", "accepted version 2", "", []),
        ("You", "made version 2", "", ["Mara: 50\xa0% → 40\xa0%", "Teo: 50\xa0% → 60\xa0%"]),
        ("You", "asked for a change", "I wrote the chorus.", []),
        ("Mara", "proposed the sheet", "", []),
    ]
    assert sum(one.width for one in card.slices) == 100
    assert seen_mark(view) == f"{view.id}:2:proposed:2:2:0"


def test_nobody_waits_for_who_has_left_and_it_is_said() -> None:
    gone = part(TEO, "Teo", 600_000, is_member=False)
    view = sheet(part(MARA, "Mara", 400_000), gone, answers=[])
    card = sheet_card(view, versions(400_000), {MARA: "Mara"}, me=MARA)
    assert (card.left, card.waiting, card.is_last) == ("Teo", "you", False)
    assert card.shares[1].standing == "left"
