"""Which messages stand in the corner."""

from __future__ import annotations

from omnisonic.platform.ui.notices import MAX_SHOWN, Notice, with_notice


def test_equal_messages_of_one_moment_are_one_and_a_later_one_comes_anew() -> None:
    first, again = Notice(1, "danger", "Away", "Try again."), Notice(2, "danger", "Away", "Try again.")
    assert with_notice([first], again, fresh={1}) == [first]
    assert with_notice([first], again, fresh=set()) == [again]
    other = Notice(3, "ok", "Away", "Try again.")
    assert with_notice([first], other, fresh={1}) == [first, other]


def test_the_oldest_makes_room() -> None:
    shown: list[Notice] = []
    for key in range(MAX_SHOWN + 2):
        shown = with_notice(shown, Notice(key, "ok", f"No. {key}", ""), fresh=())
    assert [one.key for one in shown] == [2, 3, 4]
