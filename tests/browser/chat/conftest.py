"""Chat over a server that each test tells how to answer."""

import pytest

from tests.chat_server import ChatServer
from tests.running import served_by


@pytest.fixture(scope="module")
def served():
    yield from served_by(ChatServer())


@pytest.fixture
def server(served):
    """As at first: each test tells it how to answer."""
    served.pieces, served.pace, served.how, served.reasoning = ["Hello ", "there."], 0, "whole", []
    served.held_at = None
    served.seen.clear()
    return served


@pytest.fixture
def page(server, open_page):
    return open_page(server.app.url, "Chat")
