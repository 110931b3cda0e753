"""Every route of the app is named with its purpose, or is closed."""

from collections.abc import Iterator

from starlette.routing import BaseRoute, Mount

from omni_ui.app.factory import create_app
from omni_ui.app.route_table import AGENTS, CLOSED, OURS, PROBES, SERVED, is_served
from omni_ui.settings import Settings


def routes_in(routes: list[BaseRoute]) -> Iterator[str]:
    for route in routes:
        inner = getattr(route, "original_router", None) or getattr(getattr(route, "app", None), "router", None)
        if inner is not None and (isinstance(route, Mount) or not hasattr(route, "path")):
            yield from routes_in(inner.routes)
        else:
            yield route.path  # type: ignore[attr-defined]


def test_every_route_has_a_purpose_or_is_closed(tmp_path):
    settings = Settings(data_dir=tmp_path, mcp=True, metrics_token="a-token")
    paths = {path.rstrip("/") or "/" for path in routes_in(create_app(settings).routes)}
    assert len(paths) > 60, "the routes are no longer where they were"
    own = {path for path in paths if path.startswith("/omni/") and path.split("/")[2] in OURS} | set(PROBES)
    same_as_ours = {"/gradio_api/file={path:path}", *AGENTS}
    assert paths - own - same_as_ours - set(SERVED) - CLOSED == set()
    assert not set(SERVED) & CLOSED
    assert all(SERVED.values())
    assert all(OURS.values())


def test_closed_routes_are_not_served_and_named_ones_are():
    example = {"{path:path}": "a/b", "{path_or_url:path}": "/a/b", "{api_name}": "image", "{event_id}": "1"}
    example |= {"{session_hash}": "abc"}
    for path in SERVED:
        for name, value in example.items():
            path = path.replace(name, value)
        assert is_served(path), path
    for path in CLOSED:
        assert not is_served(path), path
    for path in AGENTS:
        assert is_served(path, mcp=True)
        assert not is_served(path)
    assert is_served("/health")
    assert is_served("/ready")
    assert is_served("/metrics", metrics=True)
    assert not is_served("/metrics")
    assert not is_served("/omni/something")
    assert not is_served("/omni/login")
    assert is_served("/omni/login", login=True)
