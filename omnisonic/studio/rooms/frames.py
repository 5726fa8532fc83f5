"""The gateway's frames: what clients may send, checked, and the few that the gateway writes itself."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Annotated, Any, Literal, NoReturn

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from pydantic.alias_generators import to_camel

from omnisonic.platform.events import encode_frame

UuidText = Annotated[str, StringConstraints(pattern=r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$")]
_BATCH_AUTHOR = re.compile(
    r'\{"epoch":"[^"]*","type":"gateway\.batch","at":"[^"]*","actor":null,"data":\{"gateway":"([^"]*)"'
)
MAX_SAMPLES = 2**53 - 1  # what JavaScript counts exactly


class BadFrame(Exception):
    """A frame that cannot be read; the text says what is wrong with it."""


class _ClientData(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, extra="ignore", strict=True, allow_inf_nan=False)


class Resume(_ClientData):
    """Send what came after this position."""

    epoch: str = Field(max_length=64)
    seq: int = Field(ge=0, le=MAX_SAMPLES)


class Ping(_ClientData):
    """Answer with the same `t`."""

    t: float | int | str | None = None


class Relay(_ClientData):
    """Pass a payload on to everyone else, and back when `echo`."""

    payload: Any = None
    echo: bool = False


class Transport(_ClientData):
    """The sender starts, stops or moves the shared playhead and thereby leads it."""

    playing: bool
    position_samples: int = Field(ge=0, le=MAX_SAMPLES)


class MixPreview(_ClientData):
    """A fader or pan knob in motion; the durable change follows over REST."""

    track_id: UuidText
    gain_db: float | None = Field(None, ge=-60, le=12)
    pan: float | None = Field(None, ge=-1, le=1)


class Cursor(BaseModel):
    """Where the sender points or what they selected; the shape is the page's affair."""

    model_config = ConfigDict(extra="allow")


ClientFrame = Resume | Ping | Relay | Transport | MixPreview | Cursor
CLIENT_FRAMES: dict[str, type[ClientFrame]] = {
    "resume": Resume,
    "ping": Ping,
    "relay": Relay,
    "transport": Transport,
    "mix.preview": MixPreview,
    "cursor": Cursor,
}


class _Envelope(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True)

    type: str = Field(max_length=64)
    data: dict[str, Any] = Field(default_factory=dict)


def parse_client_frame(message: str | bytes) -> ClientFrame:
    """Read a client's frame; raises `BadFrame`."""
    if isinstance(message, bytes):
        raise BadFrame("frames are text")
    try:
        envelope = _Envelope.model_validate(json.loads(message, parse_constant=_refuse_constant))
        kind = CLIENT_FRAMES.get(envelope.type)
        if kind is None:
            raise BadFrame(f"unknown type {envelope.type[:32]!r}")
        return kind.model_validate(envelope.data)
    except ValidationError as error:
        problem = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in problem["loc"])
        raise BadFrame(f"{place}: {problem['msg']}") from None
    except (ValueError, RecursionError):
        raise BadFrame("not a JSON object of the form {type, data}") from None


def content_of(frame: Transport | MixPreview | Cursor) -> dict[str, Any]:
    """The frame's fields as they go on to others, absent ones left out."""
    return frame.model_dump(by_alias=True, exclude_none=True)


def encode_or_refuse(epoch: str, event_type: str, data: dict[str, Any], *, actor: str | None) -> str:
    """An ephemeral frame made of what a client sent; raises `BadFrame` where JSON cannot carry it."""
    try:
        frame = encode_frame(epoch, event_type, data, actor=actor)
        frame.encode()
    except (ValueError, RecursionError):  # infinite numbers, half surrogate pairs, bottomless nesting
        raise BadFrame("the data cannot be passed on") from None
    return frame


def join_batch(epoch: str, frames: Iterable[str]) -> bytes:
    """One message with all of a tick's ephemeral frames; a single one travels as itself."""
    texts = list(frames)
    if len(texts) == 1:
        return texts[0].encode()
    hollow = encode_frame(epoch, "batch", {"frames": []})
    return (hollow.removesuffix("[]}}") + "[" + ",".join(texts) + "]}}").encode()


def batch_author(text: str) -> str | None:
    """Which gateway wrote a batch, without reading the rest; None for any other frame."""
    found = _BATCH_AUTHOR.match(text)
    return found[1] if found else None


def error_frame(epoch: str, slug: Literal["forbidden"], detail: str) -> bytes:
    """A refusal that does not cost the connection."""
    return encode_frame(epoch, "error", {"slug": slug, "detail": detail}).encode()


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
