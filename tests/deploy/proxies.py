"""nginx and Caddy with the files of deploy/, in front of processes that a test names."""

import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from subprocess import DEVNULL, Popen

import httpx

from tests.fakes import free_port
from tests.running import ROOT

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
CADDY = shutil.which("caddy")
NEEDED = "is not installed: run tests/need_programs.sh"
UPSTREAM = """  upstream page_{number} {{
    server 127.0.0.1:{port} max_fails=1 fail_timeout=5s;
{others}
  }}
"""


def nginx_text(pages: Sequence[int], port: int, folder: Path) -> str:
    """deploy/nginx.conf for processes on these ports, whose names are 1, 2, 3 …"""
    text = (ROOT / "deploy/nginx.conf").read_text(encoding="utf-8")
    replaced = [("listen 8080", f"listen 127.0.0.1:{port}"), ("/tmp/", f"{folder}/")]
    replaced += [(f"page-{number}:7860", f"127.0.0.1:{pages[number - 1]}") for number in (1, 2)]
    for old, new in replaced:
        assert old in text
        text = text.replace(old, new)
    for number, page in enumerate(pages[2:], 3):
        others = "\n".join(f"    server 127.0.0.1:{other} backup;" for other in pages if other != page)
        text = text.replace("    2 page_2;\n", f"    2 page_2;\n    {number} page_{number};\n")
        text = text.replace(
            "  upstream page_1 {", UPSTREAM.format(number=number, port=page, others=others) + "  upstream page_1 {"
        )
        here = f"    server 127.0.0.1:{pages[1]} max_fails=1 fail_timeout=5s;\n"
        text = text.replace(here, here + f"    server 127.0.0.1:{page} max_fails=1 fail_timeout=5s;\n", 1)
    return text


@contextmanager
def nginx(folder: Path, pages: Sequence[int], port: int = 0) -> Iterator[int]:
    """The port of nginx with the file as it is, but for ports, names and folders."""
    assert NGINX, f"nginx {NEEDED}"
    port = port or free_port()
    (folder / "nginx.conf").write_text(nginx_text(pages, port, folder))
    command = [NGINX, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-g", "daemon off; master_process off;"]
    with Popen(command, stderr=DEVNULL) as process:
        try:
            yield _answering(process, port)
        finally:
            process.terminate()
            process.wait(10)


@contextmanager
def caddy(folder: Path, pages: Sequence[int]) -> Iterator[int]:
    """The port of Caddy with the file as it is; its addresses are given by the variables that it names."""
    assert CADDY, f"Caddy {NEEDED}"
    port = free_port()
    environment = {
        "PAGE_HOST": f":{port}",
        "PAGES": " ".join(f"127.0.0.1:{page}" for page in pages),
        "HOME": str(folder),
    }
    command = [CADDY, "run", "--config", str(ROOT / "deploy/Caddyfile"), "--adapter", "caddyfile"]
    with Popen(command, stdout=DEVNULL, stderr=DEVNULL, env=environment) as process:
        try:
            yield _answering(process, port)
        finally:
            process.terminate()
            process.wait(10)


def _answering(process: "Popen[bytes]", port: int) -> int:
    until = time.monotonic() + 60
    while True:
        try:
            httpx.get(f"http://127.0.0.1:{port}/ready", timeout=5)
            return port
        except httpx.TransportError:
            assert process.poll() is None
            assert time.monotonic() < until
            time.sleep(0.02)
