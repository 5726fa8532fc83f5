"""Exports in the words of the pages."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from omnisonic.core.identifiers import format_isrc
from omnisonic.platform.ui.words import ago, level, short_hash, size
from omnisonic.studio.exports.models import AudioFormat, ExportKind, ExportStage, ExportStatus
from omnisonic.studio.exports.schemas import ExportView, LoudnessView, ReleaseView

STAGE_WORDS = {
    ExportStage.WAITING: "Waiting for a free worker …",
    ExportStage.MIXING: "Mixing …",
    ExportStage.MEASURING: "Measuring loudness …",
    ExportStage.ENCODING: "Encoding …",
    ExportStage.STORING: "Storing …",
    ExportStage.DONE: "Done",
}
STATUS_WORDS = {
    ExportStatus.PENDING: "Waiting",
    ExportStatus.PROCESSING: "Rendering",
    ExportStatus.COMPLETED: "Ready",
    ExportStatus.FAILED: "Failed",
    ExportStatus.CANCELED: "Canceled",
}
STREAMING_LUFS, APPLE_LUFS, BROADCAST_LUFS = -14, -16, -23
TARGET_WORDS = {
    "as-mixed": "As mixed",
    "streaming": f"Streaming, −{-STREAMING_LUFS} LUFS",
    "apple": f"Apple, −{-APPLE_LUFS} LUFS",
    "broadcast": f"Broadcast, −{-BROADCAST_LUFS} LUFS",
}
TARGET_LUFS = {"streaming": STREAMING_LUFS, "apple": APPLE_LUFS, "broadcast": BROADCAST_LUFS}
SCALE_LOW_LUFS, SCALE_HIGH_LUFS = -32.0, -4.0  # ends of the little loudness picture


@dataclass
class ReleaseRow:
    """What a mix is or will be registered as; ids are empty until it is."""

    isrc: str
    work_id: str
    recording_id: str
    leaf: str
    leaf_short: str
    proof: str
    is_provable: bool


@dataclass
class ExportRow:
    """One export as a page shows it. `lufs_at` and `goal_at` are places on the loudness picture, 0–100."""

    id: str
    session_name: str
    session_href: str
    title: str
    target: str
    status: str
    status_words: str
    stage: str
    stage_words: str
    progress: int
    when: str
    loudness: str
    reason: str
    lufs_at: float
    goal_at: float
    file_size: str
    fingerprint: str
    fingerprint_short: str
    error: str
    is_active: bool
    is_ready: bool
    is_release: bool
    release: ReleaseRow | None


def export_row(view: ExportView, *, session_name: str, now: datetime) -> ExportRow:
    """The words for one export."""
    loudness = view.loudness
    return ExportRow(
        id=str(view.id),
        session_name=session_name,
        session_href=f"/sessions/{view.session_id}",
        title=title_of(view.format, bit_depth=view.bit_depth, sample_rate=view.sample_rate),
        target=_target_words(loudness),
        status=view.status,
        status_words=STATUS_WORDS[view.status],
        stage=view.stage,
        stage_words=STAGE_WORDS[view.stage],
        progress=view.progress,
        when=ago(view.created_at, now=now),
        loudness=_loudness_words(loudness),
        reason=re.sub(r"(?<!\w)-(?=\d)", "−", loudness.reason or ""),
        lufs_at=_place(loudness.measured_lufs),
        goal_at=_place(_goal_lufs(loudness)),
        file_size=size(view.file_size),
        fingerprint=view.pcm_sha256 or "",
        fingerprint_short=short_hash(view.pcm_sha256),
        error=view.error_message or "",
        is_active=not view.status.is_final,
        is_ready=view.status is ExportStatus.COMPLETED,
        is_release=view.kind is ExportKind.RELEASE,
        release=_release_row(view.release) if view.release else None,
    )


def title_of(file_format: AudioFormat, *, bit_depth: int, sample_rate: int) -> str:
    """Format and quality: `WAV, 24-bit, 48 kHz`."""
    rate = f"{sample_rate / 1000:g} kHz"
    if file_format is AudioFormat.MP3:
        return f"MP3, 320 kbit/s, {rate}"
    depth = "32-bit float" if bit_depth == 32 else f"{bit_depth}-bit"
    return f"{file_format.upper()}, {depth}, {rate}"


def _release_row(release: ReleaseView) -> ReleaseRow:
    return ReleaseRow(
        isrc=format_isrc(release.isrc),
        work_id=str(release.work_id or ""),
        recording_id=str(release.recording_id or ""),
        leaf=release.leaf_hash or "",
        leaf_short=short_hash(release.leaf_hash),
        proof=release.proof_url or "",
        is_provable=release.is_provable,
    )


def _target_words(loudness: LoudnessView) -> str:
    if isinstance(loudness.target, dict):
        return f"Your goal, {level(loudness.target.get('lufs'), 'LUFS')}"
    return TARGET_WORDS.get(loudness.target, loudness.target)


def _goal_lufs(loudness: LoudnessView) -> float | None:
    if isinstance(loudness.target, dict):
        return loudness.target.get("lufs")
    return TARGET_LUFS.get(loudness.target)


def _loudness_words(loudness: LoudnessView) -> str:
    if loudness.measured_lufs is None:
        return ""
    peak = level(loudness.true_peak_db, "dBTP")
    limited = " · limited" if loudness.limited else ""
    return f"{level(loudness.measured_lufs, 'LUFS')} · {peak}{limited}"


def _place(lufs: float | None) -> float:
    if lufs is None:
        return -1.0
    share = (lufs - SCALE_LOW_LUFS) / (SCALE_HIGH_LUFS - SCALE_LOW_LUFS)
    return round(min(1.0, max(0.0, share)) * 100, 1)
