"""Writes title, artist and ISRC into the delivered file, each where its format keeps them."""

from __future__ import annotations

from pathlib import Path

from mutagen.flac import FLAC
from mutagen.id3 import COMM, ID3, TALB, TIT2, TPE1, TSRC
from mutagen.mp3 import MP3
from mutagen.wave import WAVE

from omnisonic.studio.rendering.request import RenderFormat, RenderTags

_UTF16 = 1  # ID3v2.3 knows no UTF-8


def write_tags(path: Path, audio_format: RenderFormat, tags: RenderTags) -> None:
    """Tag a file in place; the audio in it stays as it is.

    MP3 carries ID3v2.3 (ISRC in TSRC), FLAC Vorbis comments, WAV an ID3 chunk: in RIFF's own INFO list
    the name ISRC means "source".
    """
    if audio_format is RenderFormat.FLAC:
        _write_vorbis_comment(path, tags)
        return
    file = MP3(path) if audio_format is RenderFormat.MP3 else WAVE(path)
    if file.tags is None:
        file.add_tags()
    _fill_id3(file.tags, tags)
    file.save(v2_version=3)


def _write_vorbis_comment(path: Path, tags: RenderTags) -> None:
    file = FLAC(path)
    fields = {
        "title": tags.title,
        "artist": tags.artist,
        "album": tags.album,
        "comment": tags.comment,
        "isrc": tags.isrc,
    }
    for name, value in fields.items():
        if value:
            file[name] = [value]
    file.save()


def _fill_id3(id3: ID3, tags: RenderTags) -> None:
    for frame, value in ((TIT2, tags.title), (TPE1, tags.artist), (TALB, tags.album), (TSRC, tags.isrc)):
        if value:
            id3.add(frame(encoding=_UTF16, text=[value]))
    if tags.comment:
        id3.add(COMM(encoding=_UTF16, lang="eng", desc="", text=[tags.comment]))
