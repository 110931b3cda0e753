import pytest
from fastapi.testclient import TestClient

from omni_ui.app.factory import create_app
from omni_ui.settings import Settings


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    """The whole app, whose server does not answer."""
    settings = Settings(data_dir=str(tmp_path_factory.mktemp("data")), base_url="http://127.0.0.1:9", mcp=False)
    with TestClient(create_app(settings), base_url="http://127.0.0.1") as client:
        yield client
