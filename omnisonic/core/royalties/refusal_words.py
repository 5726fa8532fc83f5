"""A refusal in words: what happened, then what to do. Pure."""

from __future__ import annotations

from omnisonic.platform.errors import OmnisonicError


def refusal_words(error: OmnisonicError) -> str:
    """The first field's own words where a field is wrong; advice that the detail gives is not repeated."""
    if error.errors:
        return error.errors[0].message
    return error.detail if error.advice in error.detail else f"{error.detail} {error.advice}"
