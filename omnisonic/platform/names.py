"""Names that people give: kept as they are spelled, refused when they would disguise what is around them."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import partial
from typing import Any

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from omnisonic.platform.errors import FieldError, InvalidFields

# Marks that are not seen, disguise nothing and come along when text is pasted: byte order mark, soft hyphen,
# zero-width space, word joiner, direction marks of single letters.
_DROPPED = dict.fromkeys(map(ord, "\ufeff\u00ad\u200b\u2060\u200e\u200f\u061c"))
# Embeddings, overrides and isolates turn the text after them around (CVE-2021-42574, Unicode TR 36 §2.5);
# U+206A to U+206F and U+FFF9 to U+FFFB are formatting that Unicode itself tells not to use.
_TURNING = r"\u202a-\u202e\u2066-\u206f\ufff9-\ufffb"
_TAGS = r"\U000e0000-\U000e007f"
_FLAG = re.compile(r"\U0001f3f4[\U000e0020-\U000e007e]{1,8}\U000e007f")  # England, Scotland, Wales: UTS 51
_REFUSED = re.compile(rf"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff{_TURNING}{_TAGS}]")
_BLANK_LETTERS = set("\u115f\u1160\u3164\uffa0\u2800")  # letters and symbols by category, empty to the eye


def check_name(text: str, *, max_chars: int) -> str:
    """The name in NFC without blanks at its ends; raises `ValueError` with a sentence for people.

    Refuses control characters and line ends, what reverses the direction of the text around it, a name of
    which nothing is seen, and more than `max_chars` characters. Joiners and variation selectors stay:
    Persian and Indic words and joined emoji are spelled with them.
    """
    name = unicodedata.normalize("NFC", text.translate(_DROPPED)).strip()
    if _REFUSED.search(_FLAG.sub("", name)):
        raise ValueError("Use letters, digits and punctuation only; the name holds invisible characters.")
    if not any(_is_seen(character) for character in name):
        raise ValueError("Use at least one letter, digit or symbol.")
    if len(name) > max_chars:
        raise ValueError(f"Use at most {max_chars} characters.")
    return name


def required_name(text: str, *, field: str, max_chars: int) -> str:
    """`check_name` for a field of a form; raises `InvalidFields`."""
    try:
        return check_name(text, max_chars=max_chars)
    except ValueError as error:
        raise InvalidFields(str(error), errors=[FieldError(field, "name", str(error))]) from None


def tidy_name(text: str, *, max_chars: int) -> str:
    """The same for a name from elsewhere, such as a sign-in provider: drops and cuts instead of refusing.

    Empty when nothing is left that can be seen.
    """
    name = unicodedata.normalize("NFC", text.translate(_DROPPED))
    name = " ".join(_REFUSED.sub("", re.sub(r"\s+", " ", name)).split())[:max_chars].rstrip()
    return name if any(_is_seen(character) for character in name) else ""


@dataclass(frozen=True)
class HumanName:
    """The type of a name in a request: `Annotated[str, HumanName(120)]`."""

    max_chars: int

    def __get_pydantic_core_schema__(self, _source: Any, _handler: GetCoreSchemaHandler) -> CoreSchema:
        """Text within the limit, before and after `check_name`."""
        checked = core_schema.str_schema(strip_whitespace=True, min_length=1, max_length=self.max_chars)
        return core_schema.no_info_after_validator_function(
            partial(check_name, max_chars=self.max_chars), checked
        )


def _is_seen(character: str) -> bool:
    return unicodedata.category(character)[0] in "LNPS" and character not in _BLANK_LETTERS
