"""Headers that tell proxies not to buffer a stream."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

STREAMS = ("text/event-stream", "audio/pcm")
"""Gradio's events, and speech that is heard while it is made."""


class StreamHeaders:
    """ASGI middleware: `X-Accel-Buffering: no` and `Cache-Control: no-store` on event streams and live sound.

    nginx holds answers back in 4 to 64 kB pieces by default (proxy_buffering of ngx_http_proxy_module), and obeys this
    header; other caches obey the second one.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if headers.get("content-type", "").startswith(STREAMS):
                    headers["X-Accel-Buffering"] = "no"
                    headers["Cache-Control"] = "no-store"
            await send(message)

        await self.app(scope, receive, send_marked if scope["type"] == "http" else send)
