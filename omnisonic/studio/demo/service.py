"""The demo session: made once per installation, copied to whoever wants to open it."""

from __future__ import annotations

import io
import wave

import numpy as np
from sqlmodel import Session, col, exists, select

from omnisonic.platform.actor import Actor
from omnisonic.platform.auth.models import User
from omnisonic.platform.db import UnitOfWork, read_session, unit_of_work
from omnisonic.platform.errors import NotFound
from omnisonic.studio.demo.instruments import RATE_HZ
from omnisonic.studio.demo.song import TITLE, Stem, compose_song
from omnisonic.studio.sessions import repository as sessions_repository
from omnisonic.studio.sessions.models import StudioSession
from omnisonic.studio.sessions.schemas import SessionCreate, SessionView
from omnisonic.studio.sessions.service import create_session, view_session
from omnisonic.studio.tracks import service as tracks
from omnisonic.studio.tracks.models import Track
from omnisonic.studio.tracks.schemas import TrackCreate
from omnisonic.studio.uploads import service as uploads
from omnisonic.studio.uploads.models import Upload, UploadStatus

HOST_EMAIL = "demo@omnisonic.local"  # an account that nobody can sign in to
HOST_NAME = "Omnisonic"
ACCOUNTS_MAX = 200


def find_demo(session: Session) -> StudioSession | None:
    """The installation's demo session, or None before `make_demo`."""
    return session.exec(
        select(StudioSession)
        .join(User, col(User.id) == col(StudioSession.user_id))
        .where(
            User.email == HOST_EMAIL,
            col(StudioSession.deleted_at).is_(None),
            exists().where(col(Track.session_id) == col(StudioSession.id)),
        )
        .order_by(col(StudioSession.created_at).desc())
    ).first()


def make_demo() -> StudioSession:
    """Compose the song and upload its stems, once; later calls answer the same session."""
    with read_session() as session:
        if (found := find_demo(session)) is not None:
            return found
    host = demo_host()
    staged = [(stem, _stage(host, stem)) for stem in compose_song()]
    with unit_of_work() as uow:
        made = create_session(uow, host, request=SessionCreate(name=TITLE))
        for number, (stem, upload) in enumerate(staged, start=1):
            upload.session_id = made.id
            uploads.record_upload(uow, host, upload=upload)
            request = TrackCreate(
                upload_id=upload.id,
                name=stem.name,
                color=f"track-{number}",
                gain_db=stem.gain_db,
                pan=stem.pan,
            )
            tracks.create_track(uow, host, session_id=made.id, request=request)
        return uow.session.get_one(StudioSession, made.id)


def count_waiting(session: Session, demo: StudioSession) -> int:
    """Stems that are not ready yet."""
    rows = session.exec(select(Upload.status).where(Upload.session_id == demo.id)).all()
    return sum(status is not UploadStatus.READY for status in rows)


def open_demo(uow: UnitOfWork, actor: Actor) -> SessionView:
    """A copy of the demo session that belongs to the caller; raises `NotFound` when there is none."""
    demo = find_demo(uow.session)
    if demo is None:
        raise NotFound("This installation has no demo song. Its operator makes one with `make demo`.")
    copy = create_session(uow, actor, request=SessionCreate(name=TITLE))
    sessions_repository.copy_mix(uow.session, from_id=demo.id, to_id=copy.id)
    uow.session.expire_all()
    return view_session(uow.session, actor, session_id=copy.id)


def give_to_everyone() -> int:
    """Open the demo for every account that has no session yet; returns for how many."""
    with unit_of_work() as uow:
        without = uow.session.exec(
            select(User)
            .where(User.email != HOST_EMAIL, ~exists().where(col(StudioSession.user_id) == col(User.id)))
            .limit(ACCOUNTS_MAX)
        ).all()
        for user in without:
            open_demo(uow, _actor_of(user))
        return len(without)


def demo_host() -> Actor:
    """The account that demo material belongs to, made when it is missing."""
    with unit_of_work() as uow:
        user = uow.session.exec(select(User).where(User.email == HOST_EMAIL)).first()
        if user is None:
            user = User(email=HOST_EMAIL, display_name=HOST_NAME)
            uow.session.add(user)
            uow.session.flush()
        return _actor_of(user)


def _actor_of(user: User) -> Actor:
    return Actor(user_id=user.id, display_name=user.display_name, email=user.email, role=user.role)


def _stage(host: Actor, stem: Stem) -> Upload:
    content = _wav(stem)
    return uploads.stage_file(
        host,
        stream=io.BytesIO(content),
        file_name=f"{stem.name}.wav",
        size_bytes=len(content),
        session_id=None,
    )


def _wav(stem: Stem) -> bytes:
    """The stem as 24-bit PCM WAV."""
    whole = np.round(np.clip(stem.samples, -1, 1) * (2**23 - 1)).astype("<i4")
    packed = whole.view(np.uint8).reshape(*whole.shape, 4)[:, :, :3].tobytes()
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as target:
        target.setnchannels(2)
        target.setsampwidth(3)
        target.setframerate(RATE_HZ)
        target.writeframes(packed)
    return buffer.getvalue()
