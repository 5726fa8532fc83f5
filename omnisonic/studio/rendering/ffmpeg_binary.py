"""Which FFmpeg runs, and proof that it can do what we rely on."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from functools import lru_cache

from omnisonic.studio.rendering.errors import FFmpegUnusable

_ASK_TIMEOUT_S = 30


@dataclass(frozen=True)
class FFmpegBinary:
    """Path and version line of the FFmpeg in use."""

    path: str
    version: str


@lru_cache(maxsize=1)
def find_ffmpeg() -> FFmpegBinary:
    """The wheel's binary where it is installed, else `ffmpeg` on PATH.

    Raises `FFmpegUnusable` when there is none, or when its `amix` cannot leave levels alone.
    """
    path = _wheel_binary() or shutil.which("ffmpeg")
    if path is None:
        raise FFmpegUnusable("There is no ffmpeg on PATH and the package imageio-ffmpeg is not installed.")
    if "normalize" not in _ask(path, "-h", "filter=amix"):
        raise FFmpegUnusable(f"{path} is too old: its amix filter has no `normalize` option.")
    words = _ask(path, "-version").split(maxsplit=3)
    return FFmpegBinary(path, words[2] if len(words) > 2 else "unknown")


def _wheel_binary() -> str | None:
    try:
        import imageio_ffmpeg
    except ImportError:
        return None
    try:
        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError:
        return None  # a wheel without a binary for this machine


def _ask(path: str, *arguments: str) -> str:
    try:
        answer = subprocess.run(
            [path, "-hide_banner" if arguments[0] == "-h" else "-nostdin", *arguments],
            capture_output=True,
            text=True,
            timeout=_ASK_TIMEOUT_S,
            check=True,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise FFmpegUnusable(f"{path} does not start.") from error
    return answer.stdout
