"""The button that follows an entity."""

from __future__ import annotations

from typing import Any

import reflex as rx

from omnisonic.insight.follows.state import FollowsState
from omnisonic.platform.ui.controls import Text, button


def follow_button(key: Any, name: Text, *, testid: str = "follow") -> rx.Component:
    """Follow an entity, or stop; alert rules can be about everything that one follows."""
    is_followed = FollowsState.keys.contains(key)
    return rx.cond(
        is_followed,
        button(
            "Following",
            testid=testid,
            icon="check",
            extra="ui-follow",
            aria_pressed="true",
            aria_label="Following " + name + ". Stop following",
            on_click=FollowsState.toggle(key),
        ),
        button(
            "Follow",
            testid=testid,
            icon="plus",
            extra="ui-follow",
            aria_pressed="false",
            aria_label="Follow " + name,
            on_click=FollowsState.toggle(key),
        ),
    )
