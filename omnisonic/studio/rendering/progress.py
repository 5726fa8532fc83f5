"""One rising percentage over the stages of a render, told only when it changes."""

from __future__ import annotations

from collections.abc import Callable

from omnisonic.studio.audio.manifest import SAMPLE_RATE_HZ
from omnisonic.studio.rendering.request import RenderStage

OnProgress = Callable[[int, str], None]

# The rest up to 100 belongs to the caller, who stores the file.
RENDERED_PERCENT = 95
_SPANS = {
    RenderStage.MIXING: (0, 45),
    RenderStage.MEASURING: (45, 55),
    RenderStage.ENCODING: (55, RENDERED_PERCENT),
}


def ignore_progress(_percent: int, _stage: str) -> None:
    """For callers who do not show it."""


class Progress:
    """Turns positions in microseconds into percent of the manifest's length."""

    def __init__(self, on_progress: OnProgress, *, length_samples: int) -> None:
        self._on_progress = on_progress
        self._length_us = max(1, length_samples * 1_000_000 // SAMPLE_RATE_HZ)
        self._told: tuple[int, RenderStage] | None = None

    def at(self, stage: RenderStage) -> Callable[[int], None]:
        """Enter a stage; returns what to call with the position reached in it."""
        self._tell(stage, 0.0)
        return lambda position_us: self._tell(stage, min(1.0, position_us / self._length_us))

    def finish(self) -> None:
        """Tell that everything is rendered."""
        self._tell(RenderStage.ENCODING, 1.0)

    def _tell(self, stage: RenderStage, share: float) -> None:
        first, last = _SPANS[stage]
        percent = first + int((last - first) * share)
        if self._told is not None:
            percent = max(percent, self._told[0])
        if (percent, stage) != self._told:
            self._told = (percent, stage)
            self._on_progress(percent, stage.value)
