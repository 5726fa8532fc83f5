"""A refusal in words: what happened, then what to do. Pure."""

from __future__ import annotations

from omnisonic.platform.errors import OmnisonicError, VersionConflict

SOMEBODY_ELSE = "Somebody was faster. It is shown as it stands now: look, and decide again."


def refusal_words(error: OmnisonicError) -> str:
    """A wrong field's own words; a conflict's for people; advice that the detail gives is not repeated."""
    if isinstance(error, VersionConflict):  # its advice is for programs
        return SOMEBODY_ELSE
    if error.errors:
        return error.errors[0].message
    return error.detail if error.advice in error.detail else f"{error.detail} {error.advice}"
