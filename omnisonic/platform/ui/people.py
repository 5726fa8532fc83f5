"""How a person is shown: initials and a color that stays the same everywhere."""

from __future__ import annotations

from uuid import UUID

AVATAR_COLORS = 5  # the first five track colors keep dark letters readable in both themes


def initials(display_name: str) -> str:
    """One or two letters of a name; a question mark when there are none."""
    words = [word for word in display_name.split() if word[0].isalnum()]
    if not words:
        return "?"
    letters = words[0][:2] if len(words) == 1 else words[0][0] + words[-1][0]
    return letters.upper()


def avatar_color(user_id: UUID) -> str:
    """The CSS color of a person's avatar, by id."""
    return f"var(--om-track-{user_id.int % AVATAR_COLORS + 1})"
