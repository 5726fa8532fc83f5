"""File names as text for people: they never become part of a path."""

from __future__ import annotations

from omnisonic.platform.errors import FieldError, InvalidFields
from omnisonic.platform.names import check_name

FILE_NAME_MAX = 255


def check_file_name(name: str | None) -> str:
    """The name, NFC-normalized; raises `InvalidFields` for path parts and for what `check_name` refuses."""
    if not (name or "").strip(" ."):
        raise _refused("Give the file a name.")
    try:
        text = check_name(name or "", max_chars=FILE_NAME_MAX)
    except ValueError as error:
        raise _refused(str(error)) from None
    if "/" in text or "\\" in text:
        raise _refused("Send the name alone, without folders.")
    return text


def track_name_of(file_name: str) -> str:
    """A first name for the track made from this file: the file's without its ending."""
    stem = file_name.rsplit(".", 1)[0] if "." in file_name.strip(".") else file_name
    return (stem.replace("_", " ").strip() or file_name)[:120]


def _refused(message: str) -> InvalidFields:
    return InvalidFields(message, errors=[FieldError("fileName", "file-name", message)])
