"""A lone surrogate typed into the page, through its HTTP API: the run goes on, and so does the page's event stream."""

import json

import httpx
import pytest

from tests.chat_server import ChatServer
from tests.running import App


@pytest.fixture(scope="module")
def page():
    with ChatServer(pieces=["Hi \ud83e", "\udd8a and \ud83e", " end"]) as server, App(OMNI_BASE_URL=server.url) as app:
        yield server, app


def call(app: App, name: str, **entered) -> list[tuple[str, str]]:
    """The events of one call, as raw (name, data)."""
    described = httpx.get(f"{app.url}/gradio_api/info", timeout=30).json()["named_endpoints"][f"/{name}"]["parameters"]
    values = [entered.get(one["parameter_name"], one.get("parameter_default")) for one in described]
    headers = {"content-type": "application/json"}
    body = json.dumps({"data": values})
    begun = httpx.post(f"{app.url}/gradio_api/call/{name}", content=body, headers=headers, timeout=30)
    begun.raise_for_status()
    events, kind = [], ""
    with httpx.stream("GET", f"{app.url}/gradio_api/call/{name}/{begun.json()['event_id']}", timeout=60) as answer:
        for line in answer.iter_lines():
            if line.startswith("event: "):
                kind = line.removeprefix("event: ")
            elif line.startswith("data: "):
                events.append((kind, line.removeprefix("data: ")))
    return events


def test_typed_half_characters_are_sent_and_answered(page):
    server, app = page
    events = call(app, "chat", text="typed \ud83e here", system="be \udd8a kind")
    assert events[-1][0] == "complete", events[-1]
    assert [one["content"] for one in server.asked["messages"]] == ["be \ufffd kind", "typed \ufffd here"]
    assert "Hi 🦊 and \ufffd end" in json.dumps(json.loads(events[-1][1]), ensure_ascii=False)


def test_another_tab_says_what_is_wrong_and_not_that_the_prompt_is_no_text(page):
    _, app = page
    kind, data = call(app, "image", prompt="a \ud83e fox", size="\ud83e")[-1]
    assert kind == "complete"
    assert "is not a size" in data
    assert "must be" not in data
