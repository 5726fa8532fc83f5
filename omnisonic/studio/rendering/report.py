"""The loudness report of a delivered file, and the certificate that lets anyone render it again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from omnisonic.studio.audio.loudness import TOLERANCE_LU
from omnisonic.studio.audio.manifest import MixManifest
from omnisonic.studio.rendering.encode import EncodedFile
from omnisonic.studio.rendering.mastering import Mastering
from omnisonic.studio.rendering.mix_pass import FloatMix
from omnisonic.studio.rendering.pcm_meter import PcmCodec
from omnisonic.studio.rendering.request import LoudnessReport, RenderFormat, RenderRequest, RenderResult

CERTIFICATE_VERSION = 1


def report_loudness(file: EncodedFile, mix: FloatMix, mastering: Mastering) -> LoudnessReport:
    """What was measured on the delivered file, with the reason where the target was not reached."""
    reason = mastering.reason
    clips = file.request.format is RenderFormat.MP3 or file.request.pcm_codec is not PcmCodec.F32
    if mastering.is_transparent and mix.over_samples and clips:
        peak_db = mix.loudness.true_peak_db or 0.0
        reason = (
            f"{mix.over_samples} samples of the mix are louder than full scale and were clipped. "
            f"Lower the master by {peak_db + 1:.1f} dB, choose a loudness target, or export 32-bit float WAV."
        )
    if reason is None and _misses_target(file):
        reason = (
            f"{file.loudness.lufs:.1f} LUFS instead of {file.request.loudness.lufs:.1f}: the mix itself is "
            "on target, but this format drops its highest frequencies. 48 kHz WAV or FLAC keeps them."
        )
    return LoudnessReport(
        target=file.request.loudness.name,
        target_lufs=file.request.loudness.lufs,
        measured_lufs=file.loudness.lufs,
        lra_lu=file.loudness.lra_lu,
        true_peak_db=file.loudness.true_peak_db,
        gain_db=mastering.gain_db,
        limited=mastering.limit_db is not None,
        reason=reason,
    )


def _misses_target(file: EncodedFile) -> bool:
    wanted, measured = file.request.loudness.lufs, file.loudness.lufs
    return wanted is not None and measured is not None and abs(measured - wanted) > TOLERANCE_LU


def build_certificate(
    manifest: MixManifest,
    request: RenderRequest,
    result: RenderResult,
    *,
    input_sha256: Mapping[str, str],
    contributors: Sequence[Mapping[str, Any]],
    release: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Everything needed to render the same samples again and to check that they are the same.

    `input_sha256` are hashes of the canonical audio by track id. `pcmSha256` is over interleaved
    little-endian PCM as `pcmEncoding` names it: for WAV and FLAC the samples in the file, for MP3 the
    24-bit master that went into the encoder. `release` (ISRC, title, hash of the split sheet) is there for
    releases only.
    """
    certificate = {
        "version": CERTIFICATE_VERSION,
        "manifest": manifest.to_json(),
        "manifestSha256": manifest.sha256(),
        "inputs": [
            {"trackId": track_id, "sha256": sha256} for track_id, sha256 in sorted(input_sha256.items())
        ],
        "format": request.format.value,
        "bitDepth": request.bit_depth,
        "sampleRate": result.sample_rate_hz,
        "frames": result.frames,
        "pcmEncoding": request.pcm_codec.value,
        "pcmSha256": result.pcm_sha256,
        "overSamples": result.over_samples,
        "loudness": result.loudness.to_json(),
        "ffmpegVersion": result.ffmpeg_version,
        "graph": result.graph,
        "contributors": [dict(contributor) for contributor in contributors],
    }
    return certificate | ({"release": dict(release)} if release is not None else {})
