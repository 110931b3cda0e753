"""One video server and its app for all tests of Video."""

import pytest

from omni_ui.demo import DemoServer
from tests.running import App


@pytest.fixture(scope="session")
def server():
    """A video server that lives on whatever happens to the app, and tells what reached it."""
    with DemoServer(["video"], stub=True) as demo:
        yield demo


@pytest.fixture(scope="session")
def app(server):
    with App(OMNI_BASE_URL=server.url) as app:
        yield app
