"""From the bytes of a document to its text, whatever its server or its first line say of them. Pure."""

from __future__ import annotations

import codecs
import re
from email.message import Message

import chardet

BOMS = (
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
)
# `<?xm` without a mark in front (XML 1.0, appendix F.1).
MARKERS = (
    (b"\x4c\x6f\xa7\x94", "cp037"),
    (b"\x00\x3c\x00\x3f", "utf-16-be"),
    (b"\x3c\x00\x3f\x00", "utf-16-le"),
    (b"\x00\x00\x00\x3c", "utf-32-be"),
    (b"\x3c\x00\x00\x00", "utf-32-le"),
)
XML_ENCODING = re.compile(rb"""^\s*<\?xml[^>]{0,200}?\bencoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']""")
HTML_CHARSET = re.compile(
    rb"""<meta[^>]{0,200}?\bcharset\s*=\s*["']?([A-Za-z0-9._:-]{1,40})""", re.IGNORECASE
)
HTML_HEAD_BYTES = 4096
GUESSED_BYTES = 32 * 1024
# As browsers read these names (WHATWG Encoding §4.2): the wider table that everybody means by them.
WIDER = {
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "big5": "big5hkscs",
}
ALIASES = {"mac": "mac-roman", "csmacintosh": "mac-roman", "macintosh": "mac-roman", "ms-cyrl": "cp1251"}
# Codecs of Python that are no encoding of documents; one of them is slow enough to be an attack.
NOT_FOR_DOCUMENTS = {"punycode", "idna", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"}


def decode_document(body: bytes, content_type: str) -> tuple[str, str | None]:
    """The text of a document and, when what was said of its encoding is not so, a sentence about that.

    In order: byte order mark, UTF-8 when all of it is (text in another encoding hardly ever looks like it,
    and servers say anything), charset of the header, of the document, a guess by its letters, windows-1252.
    """
    for mark, encoding in BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(encoding, "replace"), None
    for marker, encoding in MARKERS:
        if body.startswith(marker):
            return _from_marked(body, encoding), None
    said = _codec(_charset(content_type)) or _codec(_own_charset(body))
    if not body.isascii():
        as_utf8 = _decoded(body, "utf-8")
        if as_utf8 is not None:
            return as_utf8, _lie(said, "utf-8")
    for named in (said, _codec(_own_charset(body))):
        text = _decoded(body, named) if named else None
        if text is not None:
            return text, None
    remark = f"The document is not in the encoding it names ({said or 'none'})."
    if said in (None, "utf-8") and _is_mostly_utf8(body):
        return body.decode("utf-8", "replace"), remark
    guess = _codec(chardet.detect(body[:GUESSED_BYTES]).get("encoding") or "")
    return (_decoded(body, guess) if guess else None) or body.decode("cp1252", "replace"), remark


def _charset(content_type: str) -> str:
    header = Message()
    header["content-type"] = content_type[:200].replace("\r", " ").replace("\n", " ")
    found = header.get_param("charset", "")
    return found if isinstance(found, str) else ""


def _own_charset(body: bytes) -> str:
    found = XML_ENCODING.search(body[:HTML_HEAD_BYTES]) or HTML_CHARSET.search(body[:HTML_HEAD_BYTES])
    return found[1].decode("ascii") if found else ""


def _codec(name: str) -> str | None:
    """Python's name of a text encoding, or None."""
    try:
        wanted = name.strip().strip("\"'").lower()
        found = codecs.lookup(ALIASES.get(wanted, wanted)) if wanted else None
    except (LookupError, ValueError):
        return None
    if found is None or found.name in NOT_FOR_DOCUMENTS or not getattr(found, "_is_text_encoding", True):
        return None
    return WIDER.get(found.name, found.name)


def _decoded(body: bytes, encoding: str) -> str | None:
    try:
        return body.decode(encoding)
    except (UnicodeDecodeError, ValueError):
        return None


def _from_marked(body: bytes, encoding: str) -> str:
    """Text whose first characters tell how wide they are; an EBCDIC document names its table itself."""
    text = body.decode(encoding, "replace")
    own = _codec(_own_charset(text[:200].encode("ascii", "replace")))
    if encoding == "cp037" and own is not None and own != encoding:
        return body.decode(own, "replace")
    return text


def _is_mostly_utf8(body: bytes) -> bool:
    """Whether only a few bytes, as of a text cut in the middle of a character, are not UTF-8."""
    broken = body.decode("utf-8", "replace").count("\ufffd")
    high = sum(byte >= 0x80 for byte in body[:100_000])
    return broken * 4 <= high


def _lie(said: str | None, real: str) -> str | None:
    if said in (None, real) or said in ("cp1252", "utf-8-sig"):
        return None
    return f"The document says that it is {said}, but it is {real}."
