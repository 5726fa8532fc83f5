"""Which account is which contributor: linked by a curator, or by an invitation sent to an address."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from omnisonic.core.catalog import entries, provenance, repository
from omnisonic.core.catalog.access import is_curator
from omnisonic.core.catalog.fields import refuse
from omnisonic.core.catalog.jobs import SEND_CONTRIBUTOR_INVITE
from omnisonic.core.catalog.models import (
    Contribution,
    Contributor,
    EntityKind,
    Recording,
    RecordingCredit,
    Work,
)
from omnisonic.platform.actor import Actor, Role
from omnisonic.platform.auth.addresses import normalize_address
from omnisonic.platform.auth.errors import CodeNotValid, MailUnavailable
from omnisonic.platform.auth.models import User, VerificationToken
from omnisonic.platform.auth.repository import find_verification
from omnisonic.platform.auth.secrets import digest_secret, new_secret
from omnisonic.platform.db import UnitOfWork
from omnisonic.platform.errors import Conflict, Forbidden, NotFound, TooManyRequests
from omnisonic.platform.ids import utc_now
from omnisonic.platform.mail import Mail
from omnisonic.platform.settings import get_settings

PURPOSE = "link-contributor"
LIFETIME = timedelta(days=14)
MAX_INVITATIONS_A_DAY = 50  # mail goes to addresses that nobody has confirmed

USED = (
    f"An invitation works once, for {LIFETIME.days} days, and only the latest one. Ask whoever invited you"
    " for a new one."
)
OF_ANOTHER = "This invitation went to another address than yours. Sign in with the address that got it."

TEXT = """Hello,

{inviter} registered you as the contributor “{name}” at Omnisonic. Sign in with {email} and open

{link}

to link your account: you can then change the works and recordings that credit you.

The link works once, until {until} UTC. If you are not {name}, ignore this mail: nothing changes.
"""


def link_account(
    uow: UnitOfWork, actor: Actor, *, contributor_id: UUID, user_id: UUID, source: str | None = None
) -> Contributor:
    """Say that an account is this contributor; curators only. Repeating it changes nothing.

    Raises `Forbidden`, `NotFound`, `Conflict` when the contributor belongs to another account.
    """
    actor.require_role(Role.CURATOR)
    contributor = entries.lock_for_edit(uow, actor, Contributor, contributor_id)
    if uow.session.get(User, user_id) is None:
        raise NotFound("There is no such account.")
    return _link(uow, actor, contributor, user_id, source)


def unlink_account(
    uow: UnitOfWork, actor: Actor, *, contributor_id: UUID, source: str | None = None
) -> Contributor:
    """Take the link away; a curator, or the account itself. Raises `Forbidden`, `NotFound`."""
    contributor = entries.lock_for_edit(uow, actor, Contributor, contributor_id)
    if contributor.user_id != actor.user_id:
        actor.require_role(Role.CURATOR)
    before = provenance.snapshot(contributor)
    contributor.user_id = None
    entries.save_change(uow, actor, contributor, action="unlinked", before=before, source=source)
    return contributor


def invite_account(uow: UnitOfWork, actor: Actor, *, contributor_id: UUID, email: str) -> None:
    """Mail a link that makes the account with this address the contributor; earlier ones stop working.

    Raises `NotFound`, `Forbidden`, `Conflict` when an account is linked, `MailUnavailable`, `InvalidFields`,
    `TooManyRequests`.
    """
    contributor = entries.lock_for_edit(uow, actor, Contributor, contributor_id)
    require_linkable(uow.session, actor, contributor)
    if contributor.user_id is not None:
        raise Conflict(f"{contributor.name} belongs to an account already.")
    address = _address(email)
    if not get_settings().smtp_host:
        raise MailUnavailable
    now = utc_now()
    _check_daily_limit(uow.session, actor, now)
    for earlier in uow.session.exec(_open_invitations(contributor.id)):
        earlier.used_at = now
    # The secret is made by the job that sends it, because a job's payload is ids only.
    row = VerificationToken(
        user_id=actor.user_id,
        subject_id=contributor.id,
        purpose=PURPOSE,
        email=address,
        secret_sha256=digest_secret(new_secret()),
        expires_at=now + LIFETIME,
    )
    uow.session.add(row)
    uow.enqueue(SEND_CONTRIBUTOR_INVITE, verification_id=str(row.id))
    provenance.record(uow, actor, kind=EntityKind.CONTRIBUTOR, entity_id=contributor.id, action="invited")


def write_invitation_mail(uow: UnitOfWork, *, verification_id: UUID) -> Mail | None:
    """The mail of an invitation, with a fresh secret; None when it is used, expired or pointless."""
    row = uow.session.get(VerificationToken, verification_id, with_for_update=True)
    if row is None or row.subject_id is None or row.used_at is not None or row.expires_at <= utc_now():
        return None
    contributor = repository.find_entity(uow.session, Contributor, row.subject_id)
    inviter = uow.session.get(User, row.user_id) if row.user_id else None
    if contributor is None or contributor.user_id is not None or inviter is None:
        return None
    secret = new_secret()
    row.secret_sha256 = digest_secret(secret)
    text = TEXT.format(
        inviter=inviter.display_name,
        name=contributor.name,
        email=row.email,
        link=f"{get_settings().public_url}/catalog/link/{secret}",
        until=f"{row.expires_at:%Y-%m-%d %H:%M}",
    )
    return Mail(to=row.email, subject=f"Are you {contributor.name}?", text=text)


def accept_invitation(uow: UnitOfWork, actor: Actor, *, secret: str) -> Contributor:
    """Link the caller's account by an invitation's secret, sent to the caller's own address.

    Raises `CodeNotValid`, also for another address; `Conflict` when someone else was linked meanwhile.
    """
    now = utc_now()
    row = find_verification(uow.session, digest_secret(secret), purpose=PURPOSE, now=now)
    if row is None or row.subject_id is None:
        raise CodeNotValid(USED)
    if row.email != actor.email:
        raise CodeNotValid(OF_ANOTHER)
    contributor = repository.find_entity(uow.session, Contributor, row.subject_id, for_update=True)
    if contributor is None:
        raise CodeNotValid(USED)
    row.used_at = now
    return _link(uow, actor, contributor, actor.user_id, None)


def require_linkable(session: Session, actor: Actor, contributor: Contributor) -> None:
    """Raise `Forbidden` where a link would give rights on entries of others: only curators do that."""
    if is_curator(actor):
        return
    shares = (
        select(Work.id)
        .join(Contribution, col(Contribution.work_id) == col(Work.id))
        .where(
            Contribution.contributor_id == contributor.id,
            col(Work.created_by).is_distinct_from(actor.user_id),
        )
    )
    performances = (
        select(Recording.id)
        .join(RecordingCredit, col(RecordingCredit.recording_id) == col(Recording.id))
        .where(
            RecordingCredit.contributor_id == contributor.id,
            col(Recording.created_by).is_distinct_from(actor.user_id),
        )
    )
    if session.exec(shares.limit(1)).first() or session.exec(performances.limit(1)).first():
        raise Forbidden("Others credit this contributor too, so only a curator links an account to it.")


def _link(
    uow: UnitOfWork, actor: Actor, contributor: Contributor, user_id: UUID, source: str | None
) -> Contributor:
    if contributor.user_id not in (None, user_id):
        raise Conflict(f"{contributor.name} belongs to another account.")
    before = provenance.snapshot(contributor)
    contributor.user_id = user_id
    entries.save_change(uow, actor, contributor, action="linked", before=before, source=source)
    return contributor


def _check_daily_limit(session: Session, actor: Actor, now: datetime) -> None:
    sent = session.exec(
        select(func.count())
        .select_from(VerificationToken)
        .where(
            VerificationToken.user_id == actor.user_id,
            VerificationToken.purpose == PURPOSE,
            col(VerificationToken.created_at) > now - timedelta(days=1),
        )
    ).one()
    if sent >= MAX_INVITATIONS_A_DAY:
        raise TooManyRequests(
            f"You sent {sent} invitations within a day. Send more tomorrow.", retry_after_s=3600
        )


def _address(email: str) -> str:
    try:
        return normalize_address(email)
    except ValueError as error:
        raise refuse("email", "address", str(error)) from None


def _open_invitations(contributor_id: UUID) -> SelectOfScalar[VerificationToken]:
    return select(VerificationToken).where(
        VerificationToken.purpose == PURPOSE,
        VerificationToken.subject_id == contributor_id,
        col(VerificationToken.used_at).is_(None),
    )
