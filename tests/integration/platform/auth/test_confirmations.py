"""Confirming an address: through the outbox, the job and a real mail server."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlmodel import col, select, update

from omnisonic.platform.auth.models import User, VerificationToken
from omnisonic.platform.db import read_session, unit_of_work
from omnisonic.platform.errors import ServiceUnavailable
from omnisonic.platform.ids import utc_now
from omnisonic.platform.mail import Mail, send_mail
from omnisonic.platform.models import OutboxMessage
from omnisonic.platform.settings import Settings
from workers.mail import send_confirmation

SignIn = Callable[..., dict[str, Any]]


@pytest.fixture
def inbox(servers: Any) -> Callable[[], list[EmailMessage]]:
    """The mail that has arrived since the test began, oldest first."""
    before = set(servers.mail_dir.glob("*"))

    def read() -> list[EmailMessage]:
        files: list[Path] = sorted(set(servers.mail_dir.glob("*.eml")) - before)
        return [email.message_from_bytes(one.read_bytes(), policy=email.policy.default) for one in files]

    return read


def run_mail_jobs() -> int:
    """Run the jobs that wait in the outbox, as the relay and a worker would."""
    with unit_of_work() as uow:
        rows = uow.session.exec(select(OutboxMessage).order_by(col(OutboxMessage.id))).all()
        for row in rows:
            uow.session.delete(row)
    for row in rows:
        assert (row.kind, row.topic) == ("job", "workers.mail.send_confirmation")
        send_confirmation(**row.payload["args"])
    return len(rows)


def secret_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    found = re.search(r"http://localhost:3000/confirm\?token=(\S+)", body.get_content())
    assert found is not None
    return found[1]


def is_confirmed() -> bool:
    with read_session() as session:
        return session.exec(select(User.email_verified_at)).one() is not None


def test_whole_way(browser: TestClient, sign_in: SignIn, inbox: Callable[[], list[EmailMessage]]) -> None:
    sign_in(browser)
    assert browser.post("/api/auth/confirmation").status_code == 202
    assert run_mail_jobs() == 1
    (mail,) = inbox()
    assert mail["to"] == "ada@example.com"
    assert "no-reply@localhost" in mail["from"]
    secret = secret_of(mail)
    with read_session() as session:
        assert secret not in session.exec(select(VerificationToken.secret_sha256)).one()

    browser.cookies.clear()  # mail is often opened in another browser
    assert browser.post("/api/auth/confirmation/confirm", json={"token": secret}).json() == {"ok": True}
    assert is_confirmed()
    again = browser.post("/api/auth/confirmation/confirm", json={"token": secret})
    assert again.status_code == 410
    assert again.json()["type"] == "/problems/code-not-valid"


def test_asking_again_voids_the_former_link(
    browser: TestClient, sign_in: SignIn, inbox: Callable[[], list[EmailMessage]]
) -> None:
    sign_in(browser)
    browser.post("/api/auth/confirmation")
    run_mail_jobs()
    browser.post("/api/auth/confirmation")
    run_mail_jobs()
    secrets = [secret_of(mail) for mail in inbox()]
    statuses = [
        browser.post("/api/auth/confirmation/confirm", json={"token": secret}).status_code
        for secret in secrets
    ]
    assert sorted(statuses) == [200, 410]


def test_repeated_job_leaves_one_working_link(
    browser: TestClient, sign_in: SignIn, inbox: Callable[[], list[EmailMessage]]
) -> None:
    sign_in(browser)
    browser.post("/api/auth/confirmation")
    with read_session() as session:
        verification_id = str(session.exec(select(VerificationToken.id)).one())
    send_confirmation(verification_id)
    send_confirmation(verification_id)
    statuses = [
        browser.post("/api/auth/confirmation/confirm", json={"token": secret_of(mail)}).status_code
        for mail in inbox()
    ]
    assert sorted(statuses) == [200, 410]
    send_confirmation(verification_id)
    assert len(inbox()) == 2


def test_link_expires_after_a_day(
    browser: TestClient, sign_in: SignIn, inbox: Callable[[], list[EmailMessage]]
) -> None:
    sign_in(browser)
    browser.post("/api/auth/confirmation")
    run_mail_jobs()
    with unit_of_work() as uow:
        row = uow.session.exec(select(VerificationToken)).one()
        assert timedelta(hours=23) < row.expires_at - utc_now() <= timedelta(hours=24)
        row.expires_at = utc_now()
    secret = secret_of(inbox()[0])
    assert browser.post("/api/auth/confirmation/confirm", json={"token": secret}).status_code == 410
    assert not is_confirmed()


def test_link_is_void_when_the_address_changed(
    browser: TestClient, sign_in: SignIn, inbox: Callable[[], list[EmailMessage]]
) -> None:
    sign_in(browser)
    browser.post("/api/auth/confirmation")
    run_mail_jobs()
    with unit_of_work() as uow:
        uow.session.execute(update(User).values(email="new@example.com"))
    secret = secret_of(inbox()[0])
    assert browser.post("/api/auth/confirmation/confirm", json={"token": secret}).status_code == 410
    assert not is_confirmed()


def test_confirmed_address_and_strangers_are_refused(
    browser: TestClient, sign_in: SignIn, inbox: Callable[[], list[EmailMessage]]
) -> None:
    assert browser.post("/api/auth/confirmation").status_code == 401
    sign_in(browser)
    with unit_of_work() as uow:
        uow.session.execute(update(User).values(email_verified_at=utc_now()))
    assert browser.post("/api/auth/confirmation").status_code == 409
    assert run_mail_jobs() == 0
    assert browser.post("/api/auth/confirmation/confirm", json={"token": "guess"}).status_code == 410


def test_confirmed_address_lets_a_provider_be_linked(
    browser: TestClient,
    sign_in: SignIn,
    consent: Callable[..., str],
    inbox: Callable[[], list[EmailMessage]],
) -> None:
    user = sign_in(browser)
    browser.post("/api/auth/confirmation")
    run_mail_jobs()
    browser.post("/api/auth/confirmation/confirm", json={"token": secret_of(inbox()[0])})
    browser.get(consent(browser, "github"))
    assert browser.get("/api/auth/session").json()["user"]["id"] == user["id"]


def test_without_a_mail_server_it_says_so(
    browser: TestClient, sign_in: SignIn, configure: Callable[..., Settings]
) -> None:
    sign_in(browser)
    configure(SMTP_HOST=None)
    answer = browser.post("/api/auth/confirmation")
    assert answer.status_code == 503
    assert answer.json()["type"] == "/problems/mail-unavailable"
    with pytest.raises(ServiceUnavailable):
        send_mail(Mail("ada@example.com", "Hello", "Hello"))


def test_mail_text_is_text_and_never_a_file(
    servers: Any, inbox: Callable[[], list[EmailMessage]], tmp_path: Path
) -> None:
    secret_file = tmp_path / "secret.txt"
    secret_file.write_text("top secret")
    send_mail(Mail("ada@example.com", "Grüße\r\nBcc: eve@example.com", str(secret_file)))
    send_mail(Mail("ada@example.com", "Hello", "Hello <b>Ädä</b>,\n.\nbye"))
    first, second = inbox()
    assert first["subject"] == "Grüße Bcc: eve@example.com"
    assert first["bcc"] is None
    assert first.get_content().strip() == str(secret_file)
    assert second.get_content_type() == "text/plain"
    assert second.get_content().splitlines() == ["Hello <b>Ädä</b>,", ".", "bye"]


def test_lost_mail_server_fails_the_job(servers: Any, configure: Callable[..., Settings]) -> None:
    configure(SMTP_PORT=1)
    with pytest.raises(OSError, match="refused"):
        send_mail(Mail("ada@example.com", "Hello", "Hello"))
