"""Days, the timeline and the way out of a conflict, as pages show them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnisonic.core.licenses.schemas import LicenseView, Overlap
from omnisonic.core.licenses.timeline import timeline_of
from omnisonic.core.licenses.words import (
    end_of,
    ends_words,
    free_after,
    last_day_text,
    line_of,
    start_of,
    window,
)
from omnisonic.platform.ids import new_id

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def view(**fields: Any) -> LicenseView:
    values = {
        "id": new_id(),
        "work_id": new_id(),
        "work_title": "Northern Lights",
        "recording_id": None,
        "licensee": "Acme",
        "territory": "FR",
        "territory_name": "France",
        "rights_type": "MASTER",
        "exclusive": True,
        "effective_from": datetime(2026, 1, 1, tzinfo=UTC),
        "expires_on": datetime(2027, 1, 1, tzinfo=UTC),
        "status": "active",
        "terms": None,
        "version": 1,
        "created_at": NOW,
        "updated_at": NOW,
        **fields,
    }
    return LicenseView.model_validate(values)


def overlap(expires_on: datetime | None) -> Overlap:
    one = view(expires_on=expires_on)
    return Overlap(
        **one.model_dump(
            by_alias=False,
            include={"id", "licensee", "exclusive", "status", "territory", "effective_from", "expires_on"},
        ),
        shared_territory="France",
        shared_from=one.effective_from,
        shared_until=expires_on,
    )


def test_until_a_day_ends_with_that_day() -> None:
    assert end_of("2026-12-31") == datetime(2027, 1, 1, tzinfo=UTC)
    assert last_day_text(datetime(2027, 1, 1, tzinfo=UTC)) == "2026-12-31"
    assert window(start_of("2026-01-01"), end_of("2026-12-31")) == "1 Jan 2026 – 31 Dec 2026"
    assert window(start_of("2026-01-01"), None) == "from 1 Jan 2026"


@given(st.dates(datetime(1001, 1, 1).date(), datetime(2999, 1, 1).date()))
def test_a_last_day_survives_storing(day: Any) -> None:
    assert last_day_text(end_of(day.isoformat())) == day.isoformat()


@pytest.mark.parametrize(
    ("ends", "words"),
    [
        ("2026-11-20", "ended"),
        ("2026-11-21", "Ends today"),
        ("2026-11-22", "Ends tomorrow"),
        ("2026-12-21", "Ends in 30 days"),
        ("2027-11-21", "Ends in 12 months"),
        ("2036-11-21", "Ends in 10 years"),
    ],
)
def test_how_long_it_still_lasts(ends: str, words: str) -> None:
    assert ends_words(end_of(ends), now=NOW) == words


def test_states_follow_the_clock() -> None:
    later = view(effective_from=NOW + timedelta(days=1))
    over = view(expires_on=NOW)
    assert [line_of(one, now=NOW, may_edit=True).status for one in (view(), later, over)] == [
        "active",
        "upcoming",
        "expired",
    ]


def test_the_way_out_is_the_day_after_the_last_of_them() -> None:
    ends = [datetime(2027, 1, 1, tzinfo=UTC), datetime(2028, 3, 1, 15, tzinfo=UTC)]
    assert free_after([overlap(end) for end in ends], None) == datetime(2028, 3, 2, tzinfo=UTC)
    assert free_after([overlap(ends[0])], None) == ends[0]
    assert free_after([overlap(ends[0])], ends[0]) is None
    assert free_after([overlap(ends[0]), overlap(None)], None) is None
    assert free_after([], None) is None


def test_the_timeline_keeps_rights_apart_and_hides_what_was_revoked() -> None:
    licenses = [
        view(),
        view(rights_type="MECHANICAL", expires_on=None),
        view(status="revoked", licensee="Gone"),
        view(expires_on=datetime(2026, 6, 1, tzinfo=UTC)),
    ]
    picture = timeline_of(licenses, now=NOW, may_edit=True)
    assert [(lane.name, len(lane.bars)) for lane in picture.lanes] == [("Master", 2), ("Mechanical", 1)]
    assert 0 <= picture.today <= 100
    assert [tick.label for tick in picture.ticks] == ["2026", "2027", "2028"][: len(picture.ticks)]
    [endless] = picture.lanes[1].bars
    assert (endless.is_open, endless.left + endless.width) == (True, 100)
    assert {bar.kind for bar in picture.lanes[0].bars} == {"active", "expired"}
    assert timeline_of([], now=NOW, may_edit=True).lanes == []


def test_bars_open_only_for_people_of_the_work_and_while_the_license_lasts() -> None:
    licenses = [view(), view(status="expired", rights_type="MECHANICAL")]
    for may_edit in (True, False):
        picture = timeline_of(licenses, now=NOW, may_edit=may_edit)
        assert [lane.bars[0].may_edit for lane in picture.lanes] == [may_edit, False]


@given(st.lists(st.tuples(st.integers(0, 4000), st.integers(1, 2000)), min_size=1, max_size=30))
def test_bars_of_one_row_never_cover_each_other(windows: list[tuple[int, int]]) -> None:
    base = datetime(2015, 1, 1, tzinfo=UTC)
    licenses = [
        view(effective_from=base + timedelta(days=start), expires_on=base + timedelta(days=start + length))
        for start, length in windows
    ]
    [lane] = timeline_of(licenses, now=NOW, may_edit=True).lanes
    assert len(lane.bars) == len(windows)
    by_row: dict[int, list[Any]] = {}
    for bar in lane.bars:
        assert 0 <= bar.left <= 100
        by_row.setdefault(bar.row, []).append(bar)
    assert len(by_row) == lane.rows
    windows_of: dict[str, Any] = {str(one.id): (one.effective_from, one.expires_on) for one in licenses}
    for bars in by_row.values():
        taken = sorted(windows_of[bar.id] for bar in bars)
        assert all(left[1] <= right[0] for left, right in pairwise(taken))
