"""Tables of what waits in suspense, added up as far as the log has been read: `waiting_sums.py`."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import BigInteger, Column, Identity, SmallInteger, UniqueConstraint
from sqlmodel import Field, SQLModel

from omnisonic.core.ledger.sums import WholeSum


class WaitingUse(SQLModel, table=True):
    """What waits of a use on a suspense account, as far as the log is added up."""

    __tablename__ = "waiting_uses"

    event_id: UUID = Field(primary_key=True)
    account_id: UUID = Field(primary_key=True)
    nano: int = Field(sa_type=WholeSum)


class WaitingSum(SQLModel, table=True):
    """The same for all uses of a recording: nano-units, and of how many uses something waits."""

    __tablename__ = "waiting_sums"
    __table_args__ = (
        UniqueConstraint(
            "account_id",
            "recording_id",
            "unmatched_id",
            name="uq_waiting_sums_account_id",
            postgresql_nulls_not_distinct=True,
        ),
    )

    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(), primary_key=True))
    account_id: UUID = Field()
    recording_id: UUID | None = Field(default=None)
    unmatched_id: UUID | None = Field(default=None)
    nano: int = Field(sa_type=WholeSum)
    events: int = Field(sa_type=BigInteger)


class WaitingProgress(SQLModel, table=True):
    """How many leaves of the log the sums hold; one row."""

    __tablename__ = "waiting_progress"

    id: int = Field(sa_column=Column(SmallInteger, primary_key=True, autoincrement=False))
    size: int = Field(sa_type=BigInteger)
