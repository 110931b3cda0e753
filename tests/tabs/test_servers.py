import pytest

from omni_ui.core.backends import Backends
from omni_ui.features.servers.cards import ask_anew, card, look_at
from omni_ui.features.servers.doctor_card import examine_all
from omni_ui.settings import Settings
from omni_ui.tabs.servers import REFUSED, adopt, visitors_may
from tests.chat_server import ChatServer


@pytest.fixture
async def backends():
    made = Backends(Settings(base_url="http://127.0.0.1:9"))
    made.start()
    yield made
    await made.close()


@pytest.fixture(scope="module")
def server():
    with ChatServer(key="sesame") as running:
        yield running


async def test_a_public_page_takes_no_server_of_a_visitor_whatever_its_host_set(server):
    public = Backends(Settings(base_url="http://127.0.0.1:9", visitor_servers=True, SPACE_ID="someone/space"))
    public.start()
    assert not visitors_may(public)
    assert await adopt(public, "a session", server.url, "sesame", ["chat"]) == REFUSED
    assert public.for_tab("chat", "a session").url == "http://127.0.0.1:9"
    await public.close()


async def test_a_server_of_ones_own_holds_for_one_session_and_the_tabs_chosen(backends, server):
    assert await adopt(backends, "mine", server.url, "sesame", ["chat"]) == ""
    assert backends.for_tab("chat", "mine").url == server.url
    assert backends.for_tab("image", "mine").url == "http://127.0.0.1:9"
    assert backends.for_tab("chat", "another").url == "http://127.0.0.1:9"
    await backends.forget("mine")
    assert backends.for_tab("chat", "mine").url == "http://127.0.0.1:9"


async def test_an_address_is_taken_as_people_write_it(backends, server):
    assert await adopt(backends, "mine", f" {server.url.removeprefix('http://')} ", "sesame", ["chat"]) == ""
    assert backends.for_tab("chat", "mine").url == server.url
    await backends.forget("mine")


@pytest.mark.parametrize(
    ("address", "key", "tabs", "says"),
    [
        ("", "", ["chat"], "address is empty"),
        ("ftp://host", "", ["chat"], "not the address of a server"),
        ("http://127.0.0.1:9", "", ["chat"], "cannot be used"),
        ("{url}", "", ["chat"], "API key"),
        ("{url}", "wrong", ["chat"], "API key"),
        ("{url}", "sesame", [], "at least one tab"),
    ],
)
async def test_what_cannot_be_used_is_said_and_changes_nothing(backends, server, address, key, tabs, says):
    sentence = await adopt(backends, "mine", address.format(url=server.url), key, tabs)
    assert says in sentence
    assert "sesame" not in sentence
    assert backends.for_tab("chat", "mine").url == "http://127.0.0.1:9"


async def test_a_card_tells_what_the_server_is_and_why_we_think_so(backends, server):
    await adopt(backends, "mine", server.url, "sesame", ["chat", "image"])
    seen = await look_at(backends, "chat", "mine")
    rows = dict(seen.rows)
    assert seen.state == "ready"
    assert rows["Address"] == server.url
    assert rows["Model"] == server.model
    assert rows["Voices"] == "Ethan, default"
    assert rows["Version of vLLM"] == "0.30.0"
    assert rows["Answers in"].endswith(" ms")
    assert seen.start == f"vllm serve {server.model} --omni --port 8091"
    other = await look_at(backends, "image", "mine")
    assert other.state == "cannot"
    assert "cannot make pictures" in dict(other.rows)["Cannot do it"]
    assert server.model not in other.start
    assert "It supports this tab" in await ask_anew(backends, "chat", "mine")
    await backends.forget("mine")


async def test_a_server_that_is_down_and_an_address_that_is_not_shown(backends):
    assert (await look_at(backends, "chat", None)).state == "down"
    backends.settings.show_server = False
    html = card(await look_at(backends, "chat", None, fresh=0)) + await ask_anew(backends, "chat", None)
    assert "127.0.0.1" not in html


async def test_an_examination_is_a_card_for_each_server(backends, server):
    await adopt(backends, "mine", server.url, "sesame", ["chat"])
    shown = await examine_all(backends, "mine")
    assert shown.count("<section") == 2
    assert f"<h2>{server.url}</h2>" in shown
    assert "Nothing answers at http://127.0.0.1:9" in shown
    await backends.forget("mine")
