"""Serves the demo alone, without the page: `omni demo` and `python -m omni_ui.demo`."""

import socket

import uvicorn

from omni_ui.demo.server import KEEP_ALIVE, demo_app


def serve(host: str = "127.0.0.1", port: int = 8091, latency: float = 0.0, api_key: str | None = None) -> None:
    """Serves until it is told to stop (SIGTERM, Ctrl+C).

    host: address to listen on. port: 0 takes a free one. latency: seconds that each answer takes at least.
    api_key: the key that callers must send; None asks for none. SystemExit with one sentence when the port is taken.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family)
    except OSError as error:
        raise SystemExit(f"Cannot listen on {host}, port {port}: {error.strerror or error}.") from None
    with listener:
        where = f"[{host}]" if ":" in host else host
        print(
            f"Demo server on http://{where}:{listener.getsockname()[1]} (drawings and a synthetic voice, no model)",
            flush=True,
        )
        config = uvicorn.Config(
            demo_app(latency=latency, api_key=api_key, aligner=True),
            log_level="warning",
            timeout_keep_alive=KEEP_ALIVE,
            timeout_graceful_shutdown=2,
        )
        uvicorn.Server(config).run(sockets=[listener])
