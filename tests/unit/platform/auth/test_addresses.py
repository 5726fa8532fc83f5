"""Addresses are compared in one form."""

from __future__ import annotations

import pytest

from omnisonic.platform.auth.addresses import normalize_address
from omnisonic.platform.auth.errors import SignInError, explain_sign_in_error


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        (" Ada@Example.COM ", "ada@example.com"),
        ("ada@studio.local", "ada@studio.local"),
        ("ada@localhost", "ada@localhost"),
        ("ada+mix@example.test", "ada+mix@example.test"),
        ("Jürgen@Bücher.example", "jürgen@bücher.example"),
    ],
)
def test_one_form(written: str, stored: str) -> None:
    assert normalize_address(written) == stored
    assert normalize_address(stored) == stored


@pytest.mark.parametrize(
    "written",
    [
        "",
        "ada",
        "@example.com",
        "ada@",
        "a b@example.com",
        "a@b@c.d",
        "a\r\n@example.com",
        "a" * 300 + "@b.c",
    ],
)
def test_what_is_no_address(written: str) -> None:
    with pytest.raises(ValueError, match=r"(?i)address|@"):
        normalize_address(written)


def test_every_refusal_of_sign_in_is_explained() -> None:
    kinds = [SignInError, *SignInError.__subclasses__()]
    for kind in kinds:
        assert explain_sign_in_error(kind.slug) == (kind.title, kind.advice)
    assert len({kind.slug for kind in kinds}) == len(kinds)
    assert explain_sign_in_error("<script>") is None
    assert explain_sign_in_error("not-found") is None
