"""Shapes of exports."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from omnisonic.platform.schemas import ApiModel
from omnisonic.studio.exports.models import AudioFormat, Export, ExportKind, ExportStage, ExportStatus


class LoudnessPreset(StrEnum):
    """Loudness goals by name; each target in LUFS (EBU R 128, streaming services' published goals)."""

    AS_MIXED = "as-mixed"
    STREAMING = "streaming"
    APPLE = "apple"
    BROADCAST = "broadcast"


class CustomLoudness(ApiModel):
    """A goal of one's own."""

    lufs: float = Field(ge=-40, le=-6)


class ExportRequest(ApiModel):
    """What to render; the defaults give a 24-bit, 48 kHz WAV that sounds exactly like the preview."""

    session_id: UUID
    format: AudioFormat = AudioFormat.WAV
    bit_depth: Literal[16, 24, 32] = 24
    sample_rate: Literal[48_000, 44_100] = 48_000
    loudness: LoudnessPreset | CustomLoudness = LoudnessPreset.AS_MIXED
    limiter: bool = False
    kind: ExportKind = ExportKind.DRAFT
    isrc: Annotated[str, StringConstraints(min_length=1, max_length=40)] | None = Field(
        None, description="Only for a release that has an ISRC; needed where the instance gives out none."
    )

    @model_validator(mode="after")
    def _format_carries_depth(self) -> ExportRequest:
        if self.bit_depth == 32 and self.format is not AudioFormat.WAV:
            raise ValueError("bitDepth 32 is floating point and exists as wav only; choose 16 or 24")
        return self

    @model_validator(mode="after")
    def _only_releases_have_an_isrc(self) -> ExportRequest:
        if self.isrc is not None and self.kind is not ExportKind.RELEASE:
            raise ValueError("isrc belongs to a release; send kind `release` or leave it out")
        return self


class LoudnessView(ApiModel):
    """How loud the result is and why. LUFS and LU as in EBU R 128, true peak in dBTP."""

    target: str | dict[str, float]
    measured_lufs: float | None = None
    lra_lu: float | None = None
    true_peak_db: float | None = None
    gain_db: float | None = None
    limited: bool = False
    reason: str | None = None


class ReleaseView(ApiModel):
    """What a mix was registered as. Until it is completed only the ISRC that is kept for it is known.

    `proofUrl` answers once `isProvable`: with the next checkpoint of the log after the release.
    """

    isrc: str
    work_id: UUID | None = None
    recording_id: UUID | None = None
    certificate_sha256: str | None = None
    leaf_hash: str | None = None
    proof_url: str | None = None
    is_provable: bool = False


class ExportView(ApiModel):
    """An export as its session's members see it."""

    id: UUID
    session_id: UUID
    user_id: UUID
    kind: ExportKind
    status: ExportStatus
    progress: int
    stage: ExportStage
    format: AudioFormat
    bit_depth: int
    sample_rate: int
    loudness: LoudnessView
    limiter: bool
    file_url: str | None
    file_size: int | None
    pcm_sha256: str | None
    manifest_sha256: str
    error_message: str | None
    created_at: datetime
    started_at: datetime | None
    completed_at: datetime | None
    sheet_id: UUID | None
    release: ReleaseView | None

    @classmethod
    def of(
        cls, export: Export, *, file_url: str | None = None, release: ReleaseView | None = None
    ) -> ExportView:
        """The row as others may see it."""
        names = set(cls.model_fields) - {"loudness", "file_url", "release"}
        loudness: dict[str, Any] = {"target": export.loudness_target["target"], **(export.loudness or {})}
        return cls(
            **{name: getattr(export, name) for name in names},
            loudness=LoudnessView.model_validate(loudness),
            file_url=file_url,
            release=release,
        )


class ExportAnswer(ApiModel):
    """One export, with the fields that programs look at first."""

    export_id: UUID
    session_id: UUID
    status: ExportStatus
    url: str
    created_at: datetime
    export: ExportView

    @classmethod
    def of(cls, view: ExportView) -> ExportAnswer:
        """The answer for a view; `url` is the stable path of the export."""
        return cls(
            export_id=view.id,
            session_id=view.session_id,
            status=view.status,
            url=f"/api/export/{view.id}",
            created_at=view.created_at,
            export=view,
        )


class ExportList(ApiModel):
    """Exports, newest first."""

    exports: list[ExportView]
    next_cursor: str | None = None


class ExportRow(ApiModel):
    """An export in a list over all sessions."""

    session_name: str
    export: ExportView
