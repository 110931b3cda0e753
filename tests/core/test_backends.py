import asyncio

from omni_ui.client import Load
from omni_ui.core.backends import Backends
from omni_ui.settings import Settings
from tests.fakes import SlowServer, free_port


async def test_tabs_with_one_address_share_one_server():
    backends = Backends(Settings(base_url="http://127.0.0.1:1", image_url="http://127.0.0.1:2"))
    backends.start()
    assert backends.for_tab("chat") is backends.for_tab("video")
    assert backends.for_tab("image") is not backends.for_tab("chat")
    assert len(backends.all()) == 2
    await backends.close()


async def test_a_server_that_comes_later_is_picked_up():
    port = free_port()
    backends = Backends(Settings(base_url=f"http://127.0.0.1:{port}"))
    backends.start()
    backend = backends.for_tab("image")
    health, abilities = await backend.look()
    assert (health.ok, abilities) == (False, None)
    server = SlowServer()
    server.port = port
    with server:
        health, abilities = await backend.look(fresh=0)
        assert health.ok
        assert abilities.modalities["image"].can
        assert not abilities.modalities["speech"].can
    await backends.close()


async def test_a_visitors_own_server_is_for_that_session_only():
    backends = Backends(Settings(base_url="http://127.0.0.1:1"))
    backends.start()
    own = backends.connect("http://127.0.0.1:2", "secret")
    await backends.adopt("session-a", ["image"], own)
    assert backends.for_tab("image", "session-a") is own
    assert backends.for_tab("image", "session-b") is not own
    assert backends.for_tab("chat", "session-a") is not own
    await backends.forget("session-a")
    assert backends.for_tab("image", "session-a") is not own
    await backends.close()


async def test_the_address_is_kept_from_visitors_where_the_host_says_so():
    backends = Backends(Settings(base_url="http://inside:8091", show_server=False))
    backends.start()
    backend = backends.for_tab("image")
    assert (
        backends.redact_address("Nothing answers at http://inside:8091.", backend) == "Nothing answers at its address."
    )
    assert "address" not in (await backends.status())["image"]
    await backends.close()


async def test_a_password_in_an_address_reaches_no_visitor():
    for shown in (True, False):
        backends = Backends(Settings(base_url="http://me:secret@127.0.0.1:9/v1", show_server=shown))
        backends.start()
        told = (await backends.status())["image"]
        assert "secret" not in str(told)
        assert ("127.0.0.1:9" in str(told)) == shown
        await backends.close()


async def test_a_tab_without_a_server_says_how_to_name_one():
    backends = Backends(Settings(image_url="http://127.0.0.1:1"))
    backends.start()
    assert backends.for_tab("chat") is None
    assert "OMNI_CHAT_URL" in (await backends.status())["chat"]["reason"]
    await backends.close()


async def test_the_load_of_a_server_is_asked_once_for_all_who_look():
    backends = Backends(Settings(base_url="http://127.0.0.1:1"))
    backends.start()
    backend, asked = backends.for_tab("image"), []

    async def load() -> Load | None:
        asked.append(1)
        return answers.pop(0)

    backend.client.load = load
    answers = [Load(2, 1), None]
    assert await asyncio.gather(*(backend.load() for _ in range(20))) == [Load(2, 1)] * 20
    assert len(asked) == 1
    assert await backend.load(fresh=0) is None
    assert await backend.load(fresh=0) is None  # it does not tell, so it is left alone for a while
    assert len(asked) == 2
    await backends.close()
