"""A real S3 server (SeaweedFS) on this machine, and a proxy before it that can fail as networks do."""

import asyncio
import json
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import httpx

from omni_ui.settings_files import Bucket

KEY, SECRET = "omni-key", "omni-secret"
READER = "reader-key"
"""A key that may read and list only; its secret is the same."""
BUCKET = "results"
PORTS = (
    "master.port", "master.port.grpc", "volume.port", "volume.port.grpc", "filer.port", "filer.port.grpc", "s3.port",
    "s3.port.grpc",
)  # fmt: skip


class S3Server:
    """Started at once; `wait` until it answers. It has one bucket."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="omni-s3-"))
        sockets = [socket.create_server(("127.0.0.1", 0)) for _ in PORTS]
        self._ports = dict(zip(PORTS, (each.getsockname()[1] for each in sockets), strict=True))
        for each in sockets:
            each.close()
        self.port = self._ports["s3.port"]
        rights = {KEY: ("Read", "Write", "List"), READER: ("Read", "List")}
        identities = [
            {
                "name": key,
                "credentials": [{"accessKey": key, "secretKey": SECRET}],
                "actions": [f"{action}:{BUCKET}" for action in actions],
            }
            for key, actions in rights.items()
        ]
        config = self.folder / "s3.json"
        config.write_text(json.dumps({"identities": identities}))
        with (self.folder / "log").open("wb") as log:
            self._process = subprocess.Popen(
                [
                    Path(sys.executable).with_name("weed"), "-logtostderr", "server", f"-dir={self.folder}",
                    "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-filer", "-s3", f"-s3.config={config}",
                    "-s3.port.iceberg=0", "-s3.port.lance=0", "-s3.autoCreateBucket=false", "-volume.max=0",
                    "-master.volumeSizeLimitMB=64", "-volume.preStopSeconds=0", "-master.telemetry=false",
                    *(f"-{name}={port}" for name, port in self._ports.items()),
                ],
                stdout=log, stderr=log,
            )  # fmt: skip

    def wait(self) -> "S3Server":
        """Until a file can be written. A bucket of SeaweedFS is a folder of its file server."""
        filer = f"http://127.0.0.1:{self._ports['filer.port']}/buckets/{BUCKET}/"
        until = time.monotonic() + 60
        while True:
            try:
                httpx.post(filer)  # 409 when it is there already
                httpx.put(f"{filer}ready", content=b"1").raise_for_status()
                httpx.get(f"http://127.0.0.1:{self.port}")
                return self
            except httpx.HTTPError:
                if self._process.poll() is not None or time.monotonic() > until:
                    raise RuntimeError((self.folder / "log").read_text()[-2000:]) from None
                time.sleep(0.05)

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def bucket(self, prefix: str, port: int | None = None, **changes: object) -> Bucket:
        from pydantic import SecretStr

        values = {
            "name": BUCKET,
            "prefix": prefix,
            "endpoint": f"http://127.0.0.1:{port or self.port}",
            "access_key": SecretStr(KEY),
            "secret_key": SecretStr(SECRET),
        }
        return Bucket(**values | changes)


class Proxy:
    """Between a bucket's client and its server.

    away: connections are refused and open ones are cut. cut_after: bytes of requests or answers after which that
    happens by itself. delay: seconds before each piece is passed on.
    """

    def __init__(self, port: int) -> None:
        self._to = port
        self._writers: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None
        self.port = 0
        self.delay = 0.0
        self.sent = self.answered = 0
        self.cut_sent_after: int | None = None
        self.cut_answered_after: int | None = None

    async def back(self) -> None:
        self.sent = self.answered = 0
        self.cut_sent_after = self.cut_answered_after = None
        self._server = await asyncio.start_server(self._pass, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    def away(self) -> None:
        if self._server:
            self._server.close()
            self._server = None
        for writer in self._writers:
            writer.transport.abort()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self._to)
            self._writers.add(back)
            await asyncio.gather(self._pump(reader, back, "sent"), self._pump(there, writer, "answered"))
        except OSError:
            writer.transport.abort()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, count: str) -> None:
        with suppress(OSError):
            while data := await reader.read(64 * 1024):
                setattr(self, count, getattr(self, count) + len(data))
                limit = getattr(self, f"cut_{count}_after")
                if limit is not None and getattr(self, count) > limit:
                    self.away()
                    return
                if self.delay:
                    await asyncio.sleep(self.delay)
                writer.write(data)
                await writer.drain()
        with suppress(OSError):
            writer.close()
