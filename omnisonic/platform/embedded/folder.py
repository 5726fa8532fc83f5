"""The data folder: its lock, its secrets and the addresses that other commands take from it."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from omnisonic.platform.settings import SettingsError


@dataclass(frozen=True)
class DataFolder:
    """Everything that one installation keeps on this machine lies below `root`."""

    root: Path

    @classmethod
    def open(cls, root: Path) -> DataFolder:
        """Create the folder if it is not there; raises `SettingsError` when it cannot be used."""
        try:
            root.mkdir(parents=True, exist_ok=True)
            (root / "logs").mkdir(exist_ok=True)
        except OSError as error:
            raise SettingsError(f"OMNISONIC_DATA_DIR: cannot use {root}: {error.strerror}") from error
        return cls(root.resolve())

    @property
    def ports(self) -> Path:
        """File of the embedded servers' ports."""
        return self.root / "ports.json"

    @property
    def environment(self) -> Path:
        """File with the variables of the running instance, readable by its owner only."""
        return self.root / "environment.json"

    @property
    def mail(self) -> Path:
        """Folder in which the mail sink files each message."""
        return self.root / "mail"

    def log(self, name: str) -> Path:
        """File of one process's output."""
        return self.root / "logs" / f"{name}.log"

    def secret(self, name: str) -> str:
        """A random value of 256 bits, made on first use and kept."""
        file = self.root / "secrets" / name
        if not file.exists():
            file.parent.mkdir(mode=0o700, exist_ok=True)
            write_private(file, secrets.token_urlsafe(32))
        return file.read_text().strip()

    @property
    def identity(self) -> str:
        """A name for this very folder: another one made later at the same path has another."""
        return hashlib.sha256(self.secret("identity").encode()).hexdigest()[:12]

    def publish(self, environment: dict[str, str]) -> None:
        """Leave the running instance's variables for `omnisonic demo` and the other commands."""
        write_private(self.environment, json.dumps(environment, indent=1) + "\n")

    def running_environment(self) -> dict[str, str]:
        """Variables of the instance running on this folder; empty when none runs."""
        if not self.is_in_use() or not self.environment.exists():
            return {}
        found: dict[str, str] = json.loads(self.environment.read_text())
        return found

    def is_in_use(self) -> bool:
        """Whether an instance runs on this folder."""
        if not (self.root / "up.lock").exists():
            return False
        with (self.root / "up.lock").open("r+") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
            return False

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """Hold the folder; raises `SettingsError` when another instance has it."""
        with (self.root / "up.lock").open("a+") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                file.seek(0)
                raise SettingsError(
                    f"OMNISONIC_DATA_DIR: {self.root} is in use by a running instance "
                    f"(process {file.read().strip() or 'unknown'}). Stop that one, or choose another folder."
                ) from None
            file.truncate(0)
            file.write(f"{os.getpid()}\n")
            file.flush()
            try:
                yield
            finally:
                self.environment.unlink(missing_ok=True)


def write_private(file: Path, text: str) -> None:
    """Write `text` so that only its owner can ever read it, and never half of it."""
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as handle:
        handle.write(text)
    draft.replace(file)
