"""Sealed targets, their masks, and signatures that other libraries verify."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from omnisonic.insight.alerts.delivery.webhook import sign
from omnisonic.insight.alerts.models import ChannelType
from omnisonic.insight.alerts.targets import Target, make_target, masked, new_signing_secret
from omnisonic.platform.errors import InvalidFields
from omnisonic.platform.sealing import Unsealable, seal, unseal


def test_sealed_for_one_row_and_one_purpose() -> None:
    owner = uuid4()
    sealed = seal(b"secret", purpose="a", owner=owner)
    assert b"secret" not in sealed
    assert seal(b"secret", purpose="a", owner=owner) != sealed
    assert unseal(sealed, purpose="a", owner=owner) == b"secret"
    damaged = sealed[:-1] + bytes([sealed[-1] ^ 1])
    for wrong, purpose, other in (
        (sealed, "b", owner),
        (sealed, "a", uuid4()),
        (damaged, "a", owner),
        (sealed[1:], "a", owner),
        (sealed[:5], "a", owner),
        (b"", "a", owner),
    ):
        with pytest.raises(Unsealable):
            unseal(wrong, purpose=purpose, owner=other)


def test_signature_of_the_specification() -> None:
    # Example of the Standard Webhooks specification, "Signature scheme".
    headers = sign(
        b'{"test": 2432232314}',
        message_id="msg_p5jXN8AQM9LWM0D4loKWxJek",
        now=datetime.fromtimestamp(1614265330, UTC),
        secrets=["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
    )
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_former_secret_signs_for_a_while() -> None:
    now = datetime(2026, 11, 20, tzinfo=UTC)
    first, second = new_signing_secret(), new_signing_secret()
    target = Target(
        url="https://example.org", secret=second, former_secret=first, former_until=now + timedelta(hours=1)
    )
    assert target.signing_secrets(now) == [second, first]
    assert target.signing_secrets(now + timedelta(hours=1)) == [second]


@pytest.mark.parametrize(
    ("target", "shown"),
    [
        (Target(address="mara@example.org"), "m…@example.org"),
        (Target(url="https://hooks.slack.com/services/T0/B0/abcdefghwxyz"), "https://hooks.slack.com/…wxyz"),
        (Target(url="https://example.org/short"), "https://example.org/…"),
    ],
)
def test_masks(target: Target, shown: str) -> None:
    assert masked(target) == shown


def test_targets_are_checked() -> None:
    made = make_target(ChannelType.WEBHOOK, address=None, url="https://example.org/hook?x=1")
    assert made.url == "https://example.org/hook?x=1"
    assert made.secret is not None
    for url in ("https://exa mple.org", "https://example.org:99999", "gopher://example.org", "https://", " "):
        with pytest.raises(InvalidFields):
            make_target(ChannelType.WEBHOOK, address=None, url=url)
