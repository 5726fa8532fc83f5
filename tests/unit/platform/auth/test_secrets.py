"""Secrets and the forms in which they are stored."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from omnisonic.platform.actor import Role, Scope
from omnisonic.platform.auth.authentication import LEAST_ROLE, allowed_scopes, read_cookie
from omnisonic.platform.auth.secrets import (
    digest_secret,
    hash_password,
    is_password_right,
    new_secret,
    new_token_secret,
)


@settings(max_examples=8, deadline=None)
@given(st.text(min_size=1, max_size=40), st.text(min_size=1, max_size=40))
def test_only_the_same_password_opens(password: str, other: str) -> None:
    stored = hash_password(password)
    assert is_password_right(password, stored)
    assert is_password_right(other, stored) == (other == password)


def test_equal_passwords_look_different() -> None:
    assert hash_password("same") != hash_password("same")


def test_parameters_travel_with_the_hash() -> None:
    # RFC 7914 §12, third vector: scrypt("pleaseletmein", "SodiumChloride", N=16384, r=8, p=1), 32 bytes
    stored = "scrypt$14$8$1$U29kaXVtQ2hsb3JpZGU=$cCO9yzr9c0hGHAbNgf046/2o+7qQT44+qbVD9lRdofI="
    assert is_password_right("pleaseletmein", stored)
    assert not is_password_right("pleaseletmein", stored.replace("$14$", "$13$"))


def test_secrets_are_long_and_fit_cookies_and_columns() -> None:
    assert len({new_secret() for _ in range(100)}) == 100
    assert len(new_secret()) == 43
    assert new_token_secret().startswith("omni_")
    assert len(digest_secret(new_secret())) == 64


def test_every_scope_has_a_least_role() -> None:
    assert set(LEAST_ROLE) == set(Scope)
    assert allowed_scopes(Role.ADMIN) == set(Scope)
    assert allowed_scopes(Role.MEMBER) == {
        Scope.STUDIO,
        Scope.INGEST,
        Scope.GRAPH_READ,
        Scope.GRAPH_WRITE,
        Scope.ROYALTIES_READ,
        Scope.ROYALTIES_WRITE,
        Scope.INSIGHT_READ,
        Scope.INSIGHT_WRITE,
    }


@given(st.text(max_size=200))
def test_cookie_reading_never_fails(header: str) -> None:
    value = read_cookie(header, "omnisonic_session")
    assert value is None or f"omnisonic_session={value}" in header


def test_cookie_reading() -> None:
    assert read_cookie("a=1; s=two=2;b=3", "s") == "two=2"
    assert read_cookie("xs=1; s=", "s") is None
    assert read_cookie("s=" + "a" * 600, "s") is None
    assert read_cookie(None, "s") is None
