"""Ways of writing a name that no sentence would produce."""

from __future__ import annotations


def is_stylized(raw: str) -> bool:
    """Written in a way no sentence would produce: inner capitals, inner marks, digits within letters."""
    if raw.isalpha() and raw.isascii():  # one word, as most are
        return not raw[1:].islower() and any(char.isupper() for char in raw[1:])
    if raw.istitle() and raw.isascii() and raw.replace(" ", "").isalpha():
        return False
    if not raw.isascii() and any("\u00c0" <= char <= "\u024f" for char in raw):
        return True
    if not any(char.isalpha() for char in raw):
        return not raw.isalnum()
    return any(not (word.isalpha() and word[1:].islower()) and _is_odd(word) for word in raw.split())


def is_foreign(body: str, start: int, end: int) -> bool:
    """Whether the text has no other letters with marks: where it has, they are how its language writes."""
    rest = body[:start] + body[end:]
    return rest.isascii() or not any("\u00c0" <= char <= "\u024f" for char in rest)


def _is_odd(word: str) -> bool:
    return any(char.isupper() for char in word[1:]) or any(
        not char.isalnum() and char not in "-'’.," for char in word
    )
