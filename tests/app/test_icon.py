"""The page names its icon, so that a browser does not ask at the root of the host, outside a page below a path."""

import httpx

from omni_ui.app.factory import create_app
from omni_ui.settings import Settings


async def test_the_page_names_its_icon_relative_to_itself(tmp_path) -> None:
    app = create_app(Settings(data_dir=str(tmp_path), root_path="/under"))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1:7860") as browser:
        page = (await browser.get("/")).text
        assert page.index('<link rel="icon" href="./favicon.ico">') < page.index("<body")
        assert (await browser.get("/favicon.ico")).status_code == 200
