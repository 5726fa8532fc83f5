"""Runs a graph of ours on files of ours: any failure is a failed render, never the musician's file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ffmpeg

from omnisonic.studio.rendering.errors import RenderCanceled, RenderFailed
from omnisonic.studio.rendering.ffmpeg_binary import find_ffmpeg
from omnisonic.studio.rendering.process import (
    PipeSet,
    ProcessBounds,
    ProcessFailed,
    ProcessStopped,
    ProcessTooSlow,
    Watch,
    run_ffmpeg,
)


@dataclass(frozen=True, kw_only=True)
class RenderRun:
    """What every FFmpeg run of one render shares."""

    work_dir: Path
    bounds: ProcessBounds
    should_cancel: Callable[[], bool]

    def execute(self, outputs: list[Any], pipes: PipeSet, *, on_time_us: Callable[[int], None]) -> None:
        """Run to the end; raises `RenderCanceled` or `RenderFailed`."""
        command = [*ffmpeg.merge_outputs(*outputs).compile(cmd=find_ffmpeg().path), "-y"]
        watch = Watch(on_time_us=on_time_us, should_stop=self.should_cancel)
        try:
            run_ffmpeg(command, cwd=self.work_dir, pipes=pipes, bounds=self.bounds, watch=watch)
        except ProcessStopped as error:
            raise RenderCanceled("The export was canceled; nothing was kept.") from error
        except ProcessTooSlow as error:
            raise RenderFailed("Rendering took longer than it may. Export a shorter mix.") from error
        except ProcessFailed as error:
            raise RenderFailed("FFmpeg could not render this mix; the reason is in the log.") from error
