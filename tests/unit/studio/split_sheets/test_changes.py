"""What changed between two versions of a sheet, told to musicians."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from omnisonic.core.catalog.models import ContributionRole
from omnisonic.studio.split_sheets.changes import changes_between
from omnisonic.studio.split_sheets.schemas import SheetVersionView, VersionShareView

Part = tuple[int, str, str, int]


def version(*parts: Part, title: str = "Lights", note: str | None = None) -> SheetVersionView:
    """A version with parts of (person, name, role, ppm)."""
    return SheetVersionView(
        version=1,
        title=title,
        note=note,
        sha256="0" * 64,
        proposed_by=UUID(int=1),
        proposed_by_name="Mara",
        at=datetime(2026, 11, 21, 16, 3, tzinfo=UTC),
        shares=[
            VersionShareView(user_id=UUID(int=who), name=name, role=ContributionRole(role), share_ppm=ppm)
            for who, name, role, ppm in parts
        ],
    )


MARA, TEO = (1, "Mara", "composer", 500_000), (2, "Teo", "lyricist", 500_000)


def test_nothing_is_said_about_what_stayed() -> None:
    assert changes_between(version(MARA, TEO), version(TEO, MARA)) == []


def test_each_change_is_a_sentence() -> None:
    before = version(MARA, TEO)
    after = version(
        (1, "M. Ara", "producer", 333_333), (3, "Nils", "mixer", 666_667), title="Light", note="Fair?"
    )
    assert changes_between(before, after) == [
        "Title: “Lights” → “Light”",
        "Mara is written “M. Ara”",
        "M. Ara: Composer → Producer",
        "M. Ara: 50 % → 33.3333 %",
        "Nils gets 66.6667 % (Mixer)",
        "Teo has no share any more (had 50 %)",
        "Note: “Fair?”",
    ]
    assert changes_between(version(MARA, note="Fair?"), version(MARA)) == ["The note is gone"]


def test_several_roles_of_one_person_are_told_apart() -> None:
    after = version((1, "Mara", "composer", 400_000), (1, "Mara", "producer", 100_000), TEO)
    assert changes_between(version(MARA, TEO), after) == [
        "Mara as Composer: 50 % → 40 %",
        "Mara as Producer: 0 % → 10 %",
    ]
