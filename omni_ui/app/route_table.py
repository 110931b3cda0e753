"""Gradio's routes that are served, each with its purpose. Every other one answers 404.

Our own routes stand under /omni/; those for probes at /health, /ready and /metrics. tests/app/test_route_table.py
fails on a route that stands in none of the lists here.
"""

import re

SERVED = {
    "/": "the page",
    "/config": "the page's description, for programs and for a page that reconnects",
    "/assets/{path:path}": "the page's scripts and styles",
    "/static/{path:path}": "the page's pictures and fonts",
    "/svelte/{path:path}": "scripts of the page's components",
    "/theme.css": "the page's look",
    "/gradio_api/theme.css": "the page's look",
    "/favicon.ico": "the page's icon",
    "/manifest.json": "the page's name and icon, for browsers that install it",
    "/robots.txt": "what search engines may read",
    "/gradio_api/info": "the endpoints and their parameters, for programs",
    "/gradio_api/app_id": "whether the app was restarted, for a page that reconnects",
    "/gradio_api/startup-events": "asked by Gradio's client when it begins",
    "/gradio_api/upload": "a file of the visitor's",
    "/gradio_api/upload_progress": "how far an upload is",
    "/gradio_api/file={path_or_url:path}": "a file of the visitor's",
    "/gradio_api/queue/join": "begins an event",
    "/gradio_api/queue/data": "the results of events",
    "/gradio_api/run/{api_name}": "an event without a line",
    "/gradio_api/api/{api_name}": "an event without a line, for programs",
    "/gradio_api/call/{api_name}": "begins an event, for programs without Gradio's client",
    "/gradio_api/call/{api_name}/{event_id}": "its result",
    "/gradio_api/cancel": "Stop",
    "/gradio_api/reset": "ends an event that is still to come",
    "/gradio_api/heartbeat/{session_hash}": "tells that a page is open",
}
OURS = {
    "assist": "help with prompts, and dictation",
    "examples": "the pictures of the example cards: the same for everybody",
    "grid": "a grid as one picture or page; settings that a model ignores",
    "history": "the visitor's results",
    "jobs": "the visitor's video jobs, and a finished video for whoever has its ticket",
    "katex": "the library that draws mathematics: the same for everybody",
    "languages": "the texts of a language",
    "listen": "speech while it arrives",
    "login": "signing in, where the host wants that",
    "logout": "signing out",
    "scripts": "the page's own modules",
    "process": "which start of the program answers: the same for everybody",
    "status": "what the header shows",
    "styles": "the page's own styles",
    "talk": "live calls, and the recordings of them",
    "voices": "a sample of a voice of the server",
    "watch": "a video while it is made, for whoever has its ticket",
    "take": "a result as a download, with its settings inside",
    "typed": "a text that is spoken while it is written, from the page that writes it",
}
"""What comes after /omni/ in our own routes."""
PROBES = {
    "/health": "whether the page is served, for whatever restarts it",
    "/ready": "whether it can do its work, for whatever sends visitors there",
    "/metrics": "counts for Prometheus, where the host has set OMNI_METRICS_TOKEN",
}
"""Asked by programs of the host, and by no browser."""
AGENTS = {
    "/gradio_api/mcp": "the page's jobs as tools (Model Context Protocol), where the host has OMNI_MCP on",
    "/gradio_api/mcp/schema": "the list of those tools",
}
"""Our own too, at Gradio's address for it."""
CLOSED = {
    "/openapi.json",
    "/docs",
    "/docs/oauth2-redirect",
    "/redoc",
    "/login",
    "/logout",
    "/monitoring",
    "/monitoring/summary",
    "/monitoring/{key}",
    "/pwa_icon",
    "/pwa_icon/{size}",
    "/gradio_api/user",
    "/gradio_api/login_check",
    "/gradio_api/token",
    "/gradio_api/dev/reload",
    "/gradio_api/runs",
    "/gradio_api/run-history/connect",
    "/gradio_api/run-history/buckets",
    "/gradio_api/run-history/records",
    "/gradio_api/run-history/records/{endpoint}/{record_id}/assets/{asset_id}",
    "/gradio_api/deep_link",
    "/gradio_api/openapi.json",
    "/gradio_api/custom_component/{id}/{environment}/{type}/{file_name}",
    "/gradio_api/proxy={url_path:path}",
    "/gradio_api/stream/{event_id}",
    "/gradio_api/stream/{event_id}/close",
    "/gradio_api/stream/{session_hash}/{run}/{component_id}/playlist.m3u8",
    "/gradio_api/stream/{session_hash}/{run}/{component_id}/{segment_id}.{ext}",
    "/gradio_api/stream/{session_hash}/{run}/{component_id}/playlist-file",
    "/gradio_api/file/{path:path}",
    "/gradio_api/call/v2/{api_name}",
    "/gradio_api/call/v2/{api_name}/{event_id}",
    "/gradio_api/queue/status",
    "/gradio_api/component_server",
    "/gradio_api/process_recording",
    "/gradio_api/vibe-edit",
    "/gradio_api/undo-vibe-edit",
    "/gradio_api/vibe-code",
    "/gradio_api/vibe-starter-queries",
}
"""Gradio's routes that this page has no use for."""


def _pattern(path: str) -> str:
    parts = re.split(r"(\{\w+(?::path)?\})", path)
    return "".join(
        (".*" if part.endswith(":path}") else "[^/]+") if part.startswith("{") else re.escape(part) for part in parts
    )


_OPEN = re.compile("|".join(_pattern(path).removesuffix("/") for path in SERVED))
_SIGNING = ("/omni/login", "/omni/login/huggingface", "/omni/login/callback", "/omni/logout")
_OURS = re.compile(rf"/omni/(?:{'|'.join(OURS)})(?:/.*)?|/health|/ready")


def is_served(path: str, login: bool = False, mcp: bool = False, metrics: bool = False) -> bool:
    """Whether a path below the page's own may be asked for.

    login: whether visitors sign in; mcp: OMNI_MCP; metrics: OMNI_METRICS_TOKEN.
    """
    path = path.rstrip("/")
    if path.startswith("/gradio_api/call/v2/"):  # closed, though it looks like an endpoint called "v2"
        return False
    if path in _SIGNING:
        return login
    if path in AGENTS:
        return mcp
    if path == "/metrics":
        return metrics
    return bool(_OURS.fullmatch(path) or _OPEN.fullmatch(path))
