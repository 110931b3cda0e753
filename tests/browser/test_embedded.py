"""A Space inside a page of huggingface.co, in a browser that blocks cookies of other sites; and inside another site."""

import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.browser.conftest import FLAGS, wait_for_state
from tests.fakes import SlowServer, free_port
from tests.running import App

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
SPACE, PARENT, OTHER = "owner-demo.hf.space", "huggingface.co", "other.example"
GRADIO_ASKS = "https://huggingface.co/api/spaces/by-subdomain/"
"""Gradio asks the Hub about the Space it is in; the content policy keeps that in, and the page works without it."""
CONFIG = """
daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log;
events {{ worker_connections 256; }}
http {{
  access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; default_type text/html;
  fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  ssl_certificate {folder}/cert.pem; ssl_certificate_key {folder}/key.pem;
  server {{
    listen 127.0.0.1:{port} ssl; server_name {parent} {other};
    location / {{ return 200 '<iframe src="https://{space}/" width="1200" height="800"></iframe>'; }}
  }}
  server {{
    listen 127.0.0.1:{port} ssl; server_name {space};
    location / {{
      proxy_pass {upstream}; proxy_http_version 1.1; proxy_buffering off; proxy_set_header Host $host;
      proxy_set_header X-Forwarded-Proto https; proxy_set_header X-Forwarded-Host $host;
    }}
  }}
}}
"""


@contextmanager
def sites(folder: Path, upstream: str):
    """The port of a server that plays all three sites, over https."""
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", f"/CN={SPACE}",
         "-keyout", folder / "key.pem", "-out", folder / "cert.pem"],
        check=True, capture_output=True,
    )  # fmt: skip
    port = free_port()
    config = CONFIG.format(folder=folder, port=port, parent=PARENT, other=OTHER, space=SPACE, upstream=upstream)
    (folder / "nginx.conf").write_text(config)
    assert NGINX
    with subprocess.Popen([NGINX, "-p", folder, "-c", folder / "nginx.conf"], stderr=subprocess.DEVNULL) as process:
        try:
            yield port
        finally:
            process.terminate()


@pytest.mark.skipif(not NGINX or not shutil.which("openssl"), reason="needs nginx and openssl")
def test_a_space_works_within_huggingface_co_and_shows_within_no_other_site(chromium, tmp_path):
    space = {"SPACE_ID": "owner/demo", "SPACE_HOST": SPACE, "OMNI_HOST": "127.0.0.1"}
    with (
        SlowServer(latency=0) as server,
        App(OMNI_BASE_URL=server.url, **space) as app,
        sites(tmp_path, app.url) as port,
    ):
        names = ", ".join(f"MAP {name} 127.0.0.1:{port}" for name in (SPACE, PARENT, OTHER))
        flags = [f"--host-resolver-rules={names}", "--ignore-certificate-errors", "--test-third-party-cookie-phaseout"]
        browser = chromium.browser_type.launch(executable_path="/usr/bin/chromium", args=FLAGS + flags)
        try:
            context = browser.new_context(ignore_https_errors=True)
            page = context.new_page()
            faults: list[str] = []
            page.on("console", lambda message: message.type == "error" and faults.append(message.text))
            page.goto(f"https://{PARENT}/spaces/owner/demo")
            frame = page.frames[1]
            frame.get_by_role("tab", name="Image", exact=True).click()
            frame.fill("#image-prompt textarea", "a boat")
            frame.click("#image-run")
            wait_for_state(frame, "image", "done")
            frame.wait_for_function("document.querySelector('#image-result img')?.naturalWidth > 0")
            history = frame.evaluate("fetch('omni/history').then((answer) => answer.json())")
            assert history["known"]
            assert [record["tab"] for record in history["records"]] == ["image"]
            secret = frame.evaluate("document.cookie")
            page.reload()
            page.frames[1].get_by_role("tab", name="Image", exact=True).click()
            assert page.frames[1].evaluate("document.cookie") == secret, "the same visitor as before"
            (cookie,) = [cookie for cookie in context.cookies() if cookie["name"] == "omni_visitor"]
            assert (cookie["sameSite"], cookie["secure"]) == ("None", True)
            assert PARENT in cookie["partitionKey"]
            blocked = [fault for fault in faults if "Content Security Policy directive" in fault]
            assert all(GRADIO_ASKS in fault for fault in blocked), blocked

            page.goto(f"https://{OTHER}/")
            page.wait_for_timeout(0)
            assert not page.frames[1].locator("#image-tab").count()
            assert any("frame-ancestors" in fault for fault in faults), faults
        finally:
            browser.close()
