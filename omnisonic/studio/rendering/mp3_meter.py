"""Measures an MP3 while it is encoded: a second FFmpeg decodes the packets as they are written."""

from __future__ import annotations

import os

import ffmpeg

from omnisonic.studio.audio.loudness import Loudness
from omnisonic.studio.rendering.ffmpeg_run import RenderRun
from omnisonic.studio.rendering.loudness_log import read_loudness, tap_loudness
from omnisonic.studio.rendering.mix_pass import CHANNELS
from omnisonic.studio.rendering.pcm_meter import PcmCodec, PcmMeter
from omnisonic.studio.rendering.process import PipeSet, open_pipes

# What LAME and any decoder put before the first sample: players learn it from the header of the file,
# which is complete only at the end (LAME tag revision 1; libmp3lame's encoder delay of 576).
_DELAY_SAMPLES = 576 + 529


class Mp3Meter:
    """The decoding side of one MP3, `frames` long once its delay is cut off."""

    def __init__(self, file_name: str, *, frames: int) -> None:
        self._file_name = file_name
        self._frames = frames
        self._read_end, self._write_end = os.pipe()

    def tee_address(self, pipes: PipeSet) -> str:
        """Where FFmpeg's `tee` writes: the file itself, and the same packets to us."""
        stream = pipes.hand_over(self._write_end)
        return f"[f=mp3:id3v2_version=0]{self._file_name}|[f=mp3:id3v2_version=0:write_xing=0]{stream}"

    def measure(self, run: RenderRun) -> Loudness:
        """Decode until the encoder is done; raises `RenderCanceled` or `RenderFailed`.

        A lossy encoder moves the peaks, so the report reads the audio that is delivered.
        """
        log_file = f"{self._file_name}.log"
        meter = PcmMeter(PcmCodec.F32, CHANNELS)
        with open_pipes() as pipes:
            packets = ffmpeg.input(
                pipes.hand_over(self._read_end),
                f="mp3",
                protocol_whitelist="file,pipe",
                format_whitelist="mp3",
            )
            heard = packets.audio.filter(
                "atrim", start_sample=_DELAY_SAMPLES, end_sample=_DELAY_SAMPLES + self._frames
            )
            split = heard.filter_multi_output("asplit", 2)
            outputs = [
                ffmpeg.output(
                    split[0], pipes.open(meter.feed), f=PcmCodec.F32.muxer, **{"c:a": PcmCodec.F32.value}
                ),
                ffmpeg.output(tap_loudness(split[1], log_file), "-", f="null"),
            ]
            run.execute(outputs, pipes, on_time_us=lambda _position_us: None)
        return read_loudness(run.work_dir / log_file, true_peak_dbtp=meter.true_peak_dbtp())
