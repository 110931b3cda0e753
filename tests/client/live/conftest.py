"""A demo server that is talked to."""

import pytest

from omni_ui.demo.server import DemoServer


@pytest.fixture(scope="module")
def demo():
    server = DemoServer()
    server.start()
    yield server.url
    server.stop()
