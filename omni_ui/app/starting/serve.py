"""Serves the app until it gets a signal to stop."""

import gc
import socket
import sys

from omni_ui import __version__
from omni_ui.app.factory import create_app
from omni_ui.features.operating.ending import serve
from omni_ui.settings import BadSetting, Settings, load_settings

SWITCH = 0.0005
"""Seconds after which a thread that computes lets the event loop go on. With Python's own 0.005, one that looks through
a large body makes each small step of all others wait for as long."""


def _check_free(settings: Settings) -> None:
    """BadSetting when the address or the port to serve on cannot be had."""
    family = socket.AF_INET6 if ":" in settings.listen else socket.AF_INET
    try:
        socket.create_server((settings.listen, settings.port), family=family).close()
    except OSError as wrong:
        where, why = f"{settings.listen}, port {settings.port}", wrong.strerror or wrong
        raise BadSetting(f"Cannot listen on {where}: {why}. Set OMNI_HOST or OMNI_PORT to another one.") from None


def main() -> None:
    """Serves until it gets a signal to stop. A wrong setting ends it with one sentence."""
    try:
        settings = load_settings()
        _check_free(settings)
        app = create_app(settings)
    except BadSetting as wrong:
        sys.exit(str(wrong))
    gc.freeze()  # what the page is made of stays as long as the app: no later look for garbage goes through it
    gc.enable()
    sys.setswitchinterval(SWITCH)
    print(f"Omni UI {__version__} on http://{settings.listen}:{settings.port}{settings.root_path}", flush=True)
    if not serve(app, settings.listen, settings.port, app.state.end_runs):
        sys.exit(3)  # as uvicorn does; it has said why
