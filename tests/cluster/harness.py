"""Page processes behind nginx, with PostgreSQL, a bucket and replicas of a server: all on free ports in one folder."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

import httpx

from tests.deploy.proxies import NGINX, nginx_text
from tests.fakes import free_port
from tests.running import ROOT
from tests.s3_server import BUCKET, KEY, SECRET, S3Server
from tests.store.postgres_server import PostgresServer, postgres_server

ROUTER = """pid {folder}/router.pid;
error_log {folder}/router.log warn;
events {{ worker_connections 4096; }}
http {{
  access_log off;
  client_body_temp_path {folder}/router-body; proxy_temp_path {folder}/router-proxy;
  fastcgi_temp_path {folder}/a; uwsgi_temp_path {folder}/b; scgi_temp_path {folder}/c;
  upstream replicas {{ random; {servers} }}
  server {{
    listen 127.0.0.1:{port};
    client_max_body_size 210m;
    location / {{ proxy_pass http://replicas; proxy_http_version 1.1; proxy_connect_timeout 2s; }}
  }}
}}
"""
STARTED_WITHIN = 120.0


class Program:
    """One process that can be killed and started again."""

    def __init__(self, command: list[str], url: str, log: Path, **env: str) -> None:
        self.command, self.url, self.log, self.env = command, url, log, env
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("OMNI_", "AWS_", "SPACE_"))}
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(self.command, cwd=ROOT, env=clean | self.env, stdout=log, stderr=log)

    def wait(self) -> None:
        until = time.monotonic() + STARTED_WITHIN
        while True:
            try:
                httpx.get(self.url, timeout=5)
                return
            except httpx.HTTPError:
                assert self.process
                if self.process.poll() is not None or time.monotonic() > until:
                    raise RuntimeError(self.log.read_text(errors="replace")[-2000:]) from None
                time.sleep(0.05)

    def end(self, how: signal.Signals = signal.SIGKILL) -> None:
        if self.process and self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(20)


class Cluster:
    """`with Cluster(pages=3, replicas=2) as cluster:` serves the page at `cluster.url` until the block ends.

    bucket: whether results are kept in a bucket; without one each process keeps its own on its disk.
    """

    def __init__(
        self, pages: int = 2, replicas: int = 1, latency: float = 1.0, video_seconds: float = 30.0, bucket: bool = True
    ) -> None:
        self._open = ExitStack()
        self.folder = Path(self._open.enter_context(tempfile.TemporaryDirectory(prefix="omni-cluster-")))
        self.page_ports = [free_port() for _ in range(pages)]
        self.replica_ports = [free_port() for _ in range(replicas)]
        self.port, self.router_port, self.bucket_port = free_port(), free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._latency, self._video_seconds, self._has_bucket = latency, video_seconds, bucket
        self.s3: S3Server | None = None
        self.gateway: Program | None = None
        """Between the processes and the bucket: without it the bucket is away."""

    def __enter__(self) -> "Cluster":
        try:
            self._start()
        except BaseException:
            self._open.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def _start(self) -> None:
        if self._has_bucket:
            self.s3 = S3Server()
            self._open.callback(self.s3.stop)
        self.replicas = [self._replica(number, port) for number, port in enumerate(self.replica_ports)]
        servers = " ".join(f"server 127.0.0.1:{port} max_fails=1 fail_timeout=5s;" for port in self.replica_ports)
        router = self.folder / "router.conf"
        router.write_text(ROUTER.format(folder=self.folder, port=self.router_port, servers=servers))
        self.router = self._nginx("router", router, self.router_port)
        self.database: PostgresServer = self._open.enter_context(postgres_server())
        self.database_url = self.database.url("postgres")
        if self.s3:
            self.s3.wait()
            self.gateway = self._gateway(self.s3.port)
        self.pages = [self._page(number, port) for number, port in enumerate(self.page_ports, 1)]
        self._open.callback(self.keep_logs)
        config = self.folder / "proxy.conf"
        config.write_text(nginx_text(self.page_ports, self.port, self.folder))
        self.proxy = self._nginx("proxy", config, self.port)
        for program in [*self.replicas, self.router, *self.pages, self.proxy]:
            program.wait()

    def _add(self, program: Program) -> Program:
        program.start()
        self._open.callback(program.end)
        return program

    def _replica(self, number: int, port: int) -> Program:
        name = "abcdefgh"[number]
        command = [sys.executable, "-m", "tests.cluster.model_server", "--port", str(port), "--name", name]
        command += ["--latency", str(self._latency), "--video-seconds", str(self._video_seconds)]
        return self._add(Program(command, f"http://127.0.0.1:{port}/health", self.folder / f"replica-{name}.log"))

    def _nginx(self, name: str, config: Path, port: int) -> Program:
        assert NGINX, "nginx is not installed: run tests/need_programs.sh"
        command = [NGINX, "-p", str(self.folder), "-c", str(config), "-g", "daemon off; master_process off;"]
        return self._add(Program(command, f"http://127.0.0.1:{port}/ready", self.folder / f"{name}.log"))

    def _gateway(self, port: int) -> Program:
        """A proxy of bytes in front of the bucket's server."""
        config = self.folder / "gateway.conf"
        text = ROUTER.format(folder=self.folder, port=self.bucket_port, servers=f"server 127.0.0.1:{port};")
        text = text.replace("router", "gateway").replace("random;", "").replace("210m", "0")
        config.write_text(text.replace("proxy_http_version", "proxy_set_header Host $http_host; proxy_http_version"))
        return self._nginx("gateway", config, self.bucket_port)

    def _page(self, number: int, port: int) -> Program:
        folder = self.folder / f"page-{number}"
        folder.mkdir()
        env = {
            "OMNI_PORT": str(port),
            "OMNI_BASE_URL": f"http://127.0.0.1:{self.router_port}",
            "OMNI_DATABASE_URL": self.database_url,
            "OMNI_DATA_DIR": str(folder),
            "OMNI_PROCESS_NAME": str(number),
            "OMNI_SECRET_KEY": "the key of this cluster",
            "OMNI_RUN_LOG": "false",
        }
        if self._has_bucket:
            env |= {
                "OMNI_FILES_URL": f"s3://{BUCKET}/cluster",
                "OMNI_FILES_ENDPOINT": f"http://127.0.0.1:{self.bucket_port}",
                "OMNI_FILES_ACCESS_KEY": KEY,
                "OMNI_FILES_SECRET_KEY": SECRET,
            }
        return self._add(
            Program(
                [sys.executable, "app.py"], f"http://127.0.0.1:{port}/health", self.folder / f"page-{number}.log", **env
            )
        )

    def keep_logs(self) -> None:
        """Where CLUSTER_LOGS names a folder: what all programs have said."""
        if folder := os.environ.get("CLUSTER_LOGS"):
            for log in self.folder.glob("*.log"):
                (Path(folder) / log.name).write_bytes(log.read_bytes())

    def jobs(self) -> dict[str, dict]:
        """All video jobs at the replicas that answer, by id."""
        jobs: dict[str, dict] = {}
        for port, replica in zip(self.replica_ports, self.replicas, strict=True):
            if replica.process and replica.process.poll() is None:
                jobs |= httpx.get(f"http://127.0.0.1:{port}/log", timeout=10).json()
        return jobs
