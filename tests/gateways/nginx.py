"""nginx itself, as Debian has it, in front of a server: its own error pages, time-outs and limits.

The settings are nginx.org's: ngx_http_proxy_module (proxy_read_timeout, 60 s by default), ngx_http_core_module
(client_max_body_size, 1 MB by default).
"""

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.fakes import free_port

PROGRAM = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")

CONFIG = """
daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log;
events {{ worker_connections 256; }}
http {{
  access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  server {{
    listen 127.0.0.1:{port};
    location / {{ proxy_pass {upstream}; proxy_http_version 1.1; {settings} }}
  }}
}}
"""


@contextmanager
def nginx(folder: Path, upstream: str, settings: str = "") -> Iterator[str]:
    """The address of an nginx that passes on to `upstream`. settings: further lines of its location."""
    port = free_port()
    config = folder / "nginx.conf"
    config.write_text(CONFIG.format(folder=folder, port=port, upstream=upstream, settings=settings))
    assert PROGRAM
    with subprocess.Popen([PROGRAM, "-p", str(folder), "-c", str(config)], stderr=subprocess.DEVNULL) as process:
        try:
            until = time.monotonic() + 30
            while time.monotonic() < until:
                try:
                    httpx.get(f"http://127.0.0.1:{port}/v1/models", timeout=5)
                    break
                except httpx.TransportError:
                    time.sleep(0.05)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(10)
