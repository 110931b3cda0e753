"""A real PostgreSQL of Debian's package, in a temporary folder, for as long as the tests run."""

import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg

from omni_ui.store.postgres import PostgresDatabase
from tests.fakes import free_port

USER, PASSWORD = "omni", "a-password"
SETTINGS = {
    "fsync": "off", "full_page_writes": "off", "max_connections": "60",
    "shared_buffers": "32MB", "autovacuum": "off", "unix_socket_directories": "", "listen_addresses": "127.0.0.1",
}  # fmt: skip


def programs() -> Path:
    """The folder of the newest PostgreSQL's programs."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    assert folders, "PostgreSQL is not installed: run tests/need_programs.sh"
    return folders[-1]


class PostgresServer:
    """Listens on 127.0.0.1 at a free port. `stop`, `start` and `kill` act on that one alone."""

    def __init__(self, folder: Path, settings: dict[str, str]) -> None:
        self.folder = folder
        self.settings = SETTINGS | settings
        self.port = free_port()
        self._numbers = itertools.count()
        self._with_tables = ""
        # PostgreSQL refuses to run as root.
        account = pwd.getpwnam("postgres" if os.geteuid() == 0 else pwd.getpwuid(os.getuid()).pw_name)
        self._as = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if os.geteuid() == 0 else {}
        if self._as:
            os.chown(folder, account.pw_uid, account.pw_gid)
        word = folder / "password"
        word.write_text(PASSWORD)
        self._run("initdb", "-D", str(folder / "data"), "-U", USER, "-A", "scram-sha-256", f"--pwfile={word}",
                  "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions")  # fmt: skip
        self.start()

    def _run(self, program: str, *options: str) -> None:
        done = subprocess.run(
            [programs() / program, *options], capture_output=True, text=True, cwd=self.folder, **self._as
        )
        assert done.returncode == 0, done.stderr

    def start(self) -> None:
        options = [option for name, value in self.settings.items() for option in ("-c", f"{name}={value}")]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [programs() / "postgres", "-D", self.folder / "data", "-p", str(self.port), *options],
                stdout=log, stderr=log, cwd=self.folder, **self._as,
            )  # fmt: skip
        end = time.monotonic() + 20
        while time.monotonic() < end and self.process.poll() is None:
            if (
                subprocess.run([programs() / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)]).returncode
                == 0
            ):
                return
            time.sleep(0.02)
        raise AssertionError((self.folder / "log").read_text())

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """SIGINT ends all connections at once and orderly; SIGQUIT without order."""
        self.process.send_signal(how)
        self.process.wait(20)

    def url(self, database: str, password: str = PASSWORD) -> str:
        return f"postgresql://{USER}:{password}@127.0.0.1:{self.port}/{database}"

    async def ask(self, statement: str, database: str = "postgres") -> list[asyncpg.Record]:
        connection = await asyncpg.connect(self.url(database))
        try:
            return await connection.fetch(statement) if "SELECT" in statement else [await connection.execute(statement)]
        finally:
            await connection.close()

    async def new_database(self) -> str:
        """The address of an empty database of its own. It takes half a second."""
        name = f"test{next(self._numbers)}"
        await self.ask(f"CREATE DATABASE {name} TEMPLATE template0")
        return self.url(name)

    async def with_tables(self) -> str:
        """The address of the database with the tables of this version, emptied."""
        if not self._with_tables:
            url = await self.new_database()
            database = PostgresDatabase(url)
            await database.open()
            await database.close()
            self._with_tables = url
        name = self._with_tables.rpartition("/")[2]
        tables = await self.ask("SELECT tablename FROM pg_tables WHERE schemaname = 'public'", name)
        names = [row["tablename"] for row in tables if row["tablename"] != "alembic_version"]
        await self.ask("".join(f"DELETE FROM {table};" for table in names), name)
        return self._with_tables


@contextmanager
def postgres_server(settings: dict[str, str] | None = None) -> Iterator[PostgresServer]:
    """A server with these settings beside those of tests, which need not outlive the machine."""
    folder = Path(tempfile.mkdtemp(prefix="omni-postgres-"))
    try:
        server = PostgresServer(folder, settings or {})
        try:
            yield server
        finally:
            server.stop(signal.SIGQUIT)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
