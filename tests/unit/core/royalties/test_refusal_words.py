"""Refusals on the pages say what happened and what to do, and say nothing twice."""

from __future__ import annotations

import pytest

from omnisonic.core.royalties.errors import CaseOpenAlready, CycleNotEnded
from omnisonic.core.royalties.refusal_words import SOMEBODY_ELSE, refusal_words
from omnisonic.platform.errors import FieldError, InvalidFields, OmnisonicError, VersionConflict


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (CaseOpenAlready(), CaseOpenAlready.advice),
        (CycleNotEnded("It lasts until May."), f"It lasts until May. {CycleNotEnded.advice}"),
        (CycleNotEnded(f"It lasts. {CycleNotEnded.advice}"), f"It lasts. {CycleNotEnded.advice}"),
        (InvalidFields(errors=[FieldError("endsOn", "range", "Choose a later day.")]), "Choose a later day."),
        (VersionConflict(current={}), SOMEBODY_ELSE),
    ],
    ids=["advice alone", "both", "advice within", "a field", "a conflict"],
)
def test_a_refusal_says_nothing_twice(error: OmnisonicError, words: str) -> None:
    assert refusal_words(error) == words
