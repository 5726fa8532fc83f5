"""File names as text for people: they never become part of a path."""

from __future__ import annotations

import unicodedata

from omnisonic.platform.errors import FieldError, InvalidFields

FILE_NAME_MAX = 255
# Formatting that spelling needs: Persian and Indic words and joined emoji hold them.
_JOINERS = {"\u200c", "\u200d"}
# Byte order marks and direction marks of single letters disguise nothing and come with pasted names.
_DROPPED = dict.fromkeys(map(ord, "\ufeff\u200e\u200f\u061c"))


def check_file_name(name: str | None) -> str:
    """The name, NFC-normalized; raises `InvalidFields` for path parts, control and bidi characters."""
    text = unicodedata.normalize("NFC", (name or "").translate(_DROPPED)).strip()
    if not text or text in {".", ".."}:
        raise _refused("Give the file a name.")
    if len(text) > FILE_NAME_MAX:
        raise _refused(f"Use at most {FILE_NAME_MAX} characters.")
    if "/" in text or "\\" in text:
        raise _refused("Send the name alone, without folders.")
    # Cc: control, Cf: formatting such as right-to-left overrides that disguise an ending
    if any(unicodedata.category(character) in {"Cc", "Cf", "Cs"} for character in set(text) - _JOINERS):
        raise _refused("Use letters, digits and punctuation only; the name holds invisible characters.")
    return text


def track_name_of(file_name: str) -> str:
    """A first name for the track made from this file: the file's without its ending."""
    stem = file_name.rsplit(".", 1)[0] if "." in file_name.strip(".") else file_name
    return (stem.replace("_", " ").strip() or file_name)[:120]


def _refused(message: str) -> InvalidFields:
    return InvalidFields(message, errors=[FieldError("fileName", "file-name", message)])
