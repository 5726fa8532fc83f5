"""Jobs that send mail."""

from __future__ import annotations

from uuid import UUID

from omnisonic.core.catalog.linking import write_invitation_mail
from omnisonic.platform.auth.confirmations import write_confirmation_mail
from omnisonic.platform.db import unit_of_work
from omnisonic.platform.mail import send_mail


def send_confirmation(verification_id: str) -> None:
    """Mail the link that confirms an address. A repeated run sends a new link and voids the former."""
    with unit_of_work() as uow:
        mail = write_confirmation_mail(uow, verification_id=UUID(verification_id))
    if mail is not None:
        send_mail(mail)


def send_contributor_invite(verification_id: str) -> None:
    """Mail the link that makes an account a contributor. Run again, it sends a new link and voids the old."""
    with unit_of_work() as uow:
        mail = write_invitation_mail(uow, verification_id=UUID(verification_id))
    if mail is not None:
        send_mail(mail)
