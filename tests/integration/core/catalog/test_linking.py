"""Which account is which contributor."""

from __future__ import annotations

import email
import email.policy
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlmodel import col, select

from omnisonic.core.catalog import linking
from omnisonic.core.catalog.models import Contributor
from omnisonic.core.catalog.schemas import CreditDraft
from omnisonic.platform.actor import Actor
from omnisonic.platform.auth.errors import CodeNotValid, MailUnavailable
from omnisonic.platform.auth.models import VerificationToken
from omnisonic.platform.db import unit_of_work
from omnisonic.platform.errors import Conflict, Forbidden, InvalidFields, NotFound, TooManyRequests
from omnisonic.platform.ids import new_id, utc_now
from omnisonic.platform.models import OutboxMessage
from tests.integration.core.conftest import (
    history_of,
    make_contributor,
    make_recording,
    make_work,
    set_shares,
    share,
)
from workers.mail import send_contributor_invite


def invite(actor: Actor, contributor: Contributor, address: str) -> str:
    """Invite and return the secret that the mail would hold."""
    with unit_of_work() as uow:
        linking.invite_account(uow, actor, contributor_id=contributor.id, email=address)
    with unit_of_work() as uow:
        job = uow.session.exec(
            select(OutboxMessage)
            .where(OutboxMessage.topic == "workers.mail.send_contributor_invite")
            .order_by(col(OutboxMessage.id))
        ).all()[-1]
        mail = linking.write_invitation_mail(uow, verification_id=job.payload["args"]["verification_id"])
    assert mail is not None
    assert mail.to == address.lower()
    return mail.text.split("/catalog/link/")[1].split()[0]


def accept(actor: Actor, secret: str) -> Contributor:
    with unit_of_work() as uow:
        return linking.accept_invitation(uow, actor, secret=secret)


def test_a_curator_links_and_takes_the_link_away(mara: Actor, teo: Actor, curator: Actor) -> None:
    contributor = make_contributor(mara)
    for _ in range(2):
        with unit_of_work() as uow:
            linked = linking.link_account(uow, curator, contributor_id=contributor.id, user_id=teo.user_id)
    assert (linked.user_id, linked.version) == (teo.user_id, 2)
    with unit_of_work() as uow, pytest.raises(Conflict):
        linking.link_account(uow, curator, contributor_id=contributor.id, user_id=mara.user_id)
    with unit_of_work() as uow, pytest.raises(NotFound):
        linking.link_account(uow, curator, contributor_id=contributor.id, user_id=new_id())
    with unit_of_work() as uow, pytest.raises(Forbidden):
        linking.unlink_account(uow, mara, contributor_id=contributor.id)
    with unit_of_work() as uow:
        assert linking.unlink_account(uow, teo, contributor_id=contributor.id).user_id is None
    assert [row.action for row in history_of(contributor.id)] == ["created", "linked", "unlinked"]


def test_a_member_does_not_link_an_account(mara: Actor, teo: Actor) -> None:
    contributor = make_contributor(mara)
    with unit_of_work() as uow, pytest.raises(Forbidden):
        linking.link_account(uow, mara, contributor_id=contributor.id, user_id=mara.user_id)


def test_an_invitation_links_the_account_with_that_address_once(mara: Actor, teo: Actor) -> None:
    contributor = make_contributor(mara)
    secret = invite(mara, contributor, "Teo@Example.org")
    with pytest.raises(CodeNotValid, match="another address"):
        accept(mara, secret)
    assert accept(teo, secret).user_id == teo.user_id
    with pytest.raises(CodeNotValid, match="works once, for 14 days"):
        accept(teo, secret)


def test_the_invitation_arrives_by_mail(mara: Actor, teo: Actor, servers: Any) -> None:
    before = set(servers.mail_dir.glob("*.eml"))
    contributor = make_contributor(mara, "Zoë Ångström")
    with unit_of_work() as uow:
        linking.invite_account(uow, mara, contributor_id=contributor.id, email=teo.email)
    with unit_of_work() as uow:
        (job,) = uow.session.exec(select(OutboxMessage).where(OutboxMessage.kind == "job"))
    for _ in range(2):  # a job may run twice: the later mail's link is the one that works
        send_contributor_invite(**job.payload["args"])
    arrived = sorted(set(servers.mail_dir.glob("*.eml")) - before)
    mail = email.message_from_bytes(arrived[-1].read_bytes(), policy=email.policy.default)
    assert (mail["To"], mail["Subject"]) == (teo.email, "Are you Zoë Ångström?")
    body = mail.get_body(("plain",))
    assert body is not None
    accept(teo, body.get_content().split("/catalog/link/")[1].split()[0])


def test_invitations_have_a_daily_limit(mara: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(linking, "MAX_INVITATIONS_A_DAY", 1)
    contributor = make_contributor(mara)
    with unit_of_work() as uow:
        linking.invite_account(uow, mara, contributor_id=contributor.id, email="one@example.org")
    with unit_of_work() as uow, pytest.raises(TooManyRequests):
        linking.invite_account(uow, mara, contributor_id=contributor.id, email="two@example.org")


def test_over_http(mara: Actor, teo: Actor, client_of: Any) -> None:
    contributor = make_contributor(mara)
    secret = invite(mara, contributor, teo.email)
    client: TestClient = client_of(teo)
    answer = client.post("/api/catalog/invitations/accept", json={"secret": secret})
    assert answer.status_code == 200
    assert answer.json()["contributor"]["id"] == str(contributor.id)
    assert client.post("/api/catalog/invitations/accept", json={"secret": secret}).status_code == 410


def test_a_later_invitation_voids_the_earlier_and_old_ones_end(mara: Actor, teo: Actor) -> None:
    contributor = make_contributor(mara)
    first, second = invite(mara, contributor, teo.email), invite(mara, contributor, teo.email)
    with pytest.raises(CodeNotValid):
        accept(teo, first)
    with unit_of_work() as uow:
        for row in uow.session.exec(select(VerificationToken)):
            row.expires_at = utc_now() - timedelta(seconds=1)
    with pytest.raises(CodeNotValid):
        accept(teo, second)


def test_strangers_bad_addresses_and_linked_contributors_are_refused(mara: Actor, teo: Actor) -> None:
    contributor = make_contributor(mara)
    with unit_of_work() as uow, pytest.raises(Forbidden):
        linking.invite_account(uow, teo, contributor_id=contributor.id, email=teo.email)
    with unit_of_work() as uow, pytest.raises(InvalidFields):
        linking.invite_account(uow, mara, contributor_id=contributor.id, email="no address")
    accept(teo, invite(mara, contributor, teo.email))
    with unit_of_work() as uow, pytest.raises(Conflict):
        linking.invite_account(uow, mara, contributor_id=contributor.id, email=teo.email)


def test_only_curators_link_who_is_credited_by_others(mara: Actor, teo: Actor, curator: Actor) -> None:
    shared, performing = make_contributor(mara, "Writer"), make_contributor(mara, "Singer")
    set_shares(teo, make_work(teo), share(shared, 1_000_000))

    make_recording(teo, credits=[CreditDraft(contributor_id=performing.id)])
    for contributor in (shared, performing):
        with unit_of_work() as uow, pytest.raises(Forbidden):
            linking.invite_account(uow, mara, contributor_id=contributor.id, email=mara.email)
        invite(curator, contributor, mara.email)


def test_without_a_mail_server_nothing_is_promised(mara: Actor, configure: Any) -> None:
    contributor = make_contributor(mara)
    configure(SMTP_HOST=None)
    with unit_of_work() as uow, pytest.raises(MailUnavailable):
        linking.invite_account(uow, mara, contributor_id=contributor.id, email="teo@example.org")
