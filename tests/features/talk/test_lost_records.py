"""A call that is to be repeated while its records or files cannot be read."""

from fastapi import FastAPI
from starlette.testclient import TestClient

from omni_ui.core.backends import Backends
from omni_ui.core.visitor import COOKIE
from omni_ui.features.talk.routes import talk_routes
from omni_ui.settings import Settings
from omni_ui.store import StoreFailed


class NoRecords:
    """A history that cannot be read."""

    async def find(self, id: str, visitor: str | None) -> None:
        raise StoreFailed("The records cannot be read now.")


def test_it_is_refused_with_the_sentence_of_the_store():
    backends = Backends(Settings(base_url="http://127.0.0.1:9"))
    backends.start(None)
    app = FastAPI()
    app.include_router(talk_routes(backends, NoRecords(), lambda session, visitor: True))
    with TestClient(app, cookies={COOKIE: "v" * 32}) as page, page.websocket_connect("/omni/talk") as socket:
        socket.send_json({"type": "start", "again": "record"})
        assert socket.receive_json()["text"] == "The records cannot be read now."
