"""What the export panel hears from the player without a round trip: progress, and changes of the mix."""

from __future__ import annotations

from typing import Any

import reflex as rx
from reflex.event import no_args_event_spec

from omnisonic.platform.ui.sources import link_source
from omnisonic.studio.exports.rows import STAGE_WORDS

_LINKED = link_source(__name__, "live_progress.jsx")


class LiveProgress(rx.NoSSRComponent):
    """Title, percentage, bar and stage of one export under way; `stages` are the words of each stage."""

    library = _LINKED
    tag = "LiveProgress"

    export_id: rx.Var[str]
    title: rx.Var[str]
    progress: rx.Var[int]
    stage: rx.Var[str]
    stages: rx.Var[dict[str, str]]


class MixChange(rx.NoSSRComponent):
    """Shows nothing; calls `on_mix_change` when the mix on screen changes."""

    library = _LINKED
    tag = "MixChange"

    @classmethod
    def get_event_triggers(cls) -> dict[str, Any]:
        """The usual ones, and ours."""
        return {**super().get_event_triggers(), "on_mix_change": no_args_event_spec}


def live_progress(row: Any) -> rx.Component:
    """How far an export is, moving with the room's events."""
    return LiveProgress.create(
        export_id=row.id,
        title=row.title,
        progress=row.progress,
        stage=row.stage,
        stages={str(stage): words for stage, words in STAGE_WORDS.items()},
        key=row.id,
    )


def when_the_mix_changes(handler: Any) -> rx.Component:
    """Run an event handler at each change of the mix while this is on the page."""
    return MixChange.create(on_mix_change=handler)
