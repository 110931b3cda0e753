"""Addresses, what stands at them, keys and certificates."""

import asyncio

import httpx
import pytest

from omni_ui.client import ImageRequest, NotReachable, NotVllmOmni, OmniClient, Unauthorized, Wait
from omni_ui.client.connection.transport import Transport
from tests.client.scripted import Answer, Scripted, as_json, socket_server

ASK = ImageRequest(prompt="a red fox")


IMAGES = "/v1/images/generations"


async def test_nothing_at_the_address(no_waits: None) -> None:
    waits: list[Wait] = []
    async with OmniClient("http://127.0.0.1:9") as omni:
        with pytest.raises(NotReachable, match=r"Nothing answers at http://127\.0\.0\.1:9"):
            await omni.images(ASK, on_wait=waits.append)
        health = await omni.health()
    assert len(waits) == 3
    assert not health.ok
    assert "Nothing answers" in health.detail


async def test_not_a_web_server() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"SSH-2.0-OpenSSH_9.2\r\n\r\n")
        await writer.drain()
        await reader.read()

    async with socket_server(talk) as address, OmniClient(address, model="m") as omni:
        with pytest.raises(NotVllmOmni, match="not a web server"):
            await omni.images(ASK)


@pytest.mark.parametrize(
    "answer",
    [
        Answer(200, b"<html><body>hello</body></html>", "text/html"),
        Answer(200, b"", "text/plain"),
        Answer(200, b"[1]"),
        Answer(404, b"<!doctype html><html>no</html>", "text/html"),
        Answer(302, b"", headers={"location": "https://elsewhere"}),
    ],
)
async def test_another_web_server(answer: Answer) -> None:
    async with Scripted({f"POST {IMAGES}": answer}).client() as omni:
        with pytest.raises(NotVllmOmni):
            await omni.images(ASK)


async def test_the_key_is_sent_and_never_shown() -> None:
    answer = as_json({"error": "Unauthorized: sesame-key is not it"}, 401)
    server = Scripted({f"POST {IMAGES}": answer})
    async with server.client(api_key=" sesame-key ") as omni:
        with pytest.raises(Unauthorized) as raised:
            await omni.images(ASK)
    assert server.last(IMAGES).headers["authorization"] == "Bearer sesame-key"
    error = raised.value
    assert "sesame" not in f"{error.sentence}{error.server_message}{error!r}{error.body}"


@pytest.mark.parametrize("key", ["schlüssel", "a\nb"])
def test_a_key_that_cannot_be_sent(key: str) -> None:
    with pytest.raises(ValueError, match="cannot be sent"):
        OmniClient("http://host", api_key=key)


@pytest.mark.parametrize("address", ["", "host:8091", "ftp://host", "http://", "not a url", "http://host:99999"])
def test_an_address_that_is_none(address: str) -> None:
    with pytest.raises(ValueError, match="is not the address of a server"):
        OmniClient(address)


@pytest.mark.parametrize(
    ("address", "base"),
    [
        ("http://host:8091", "http://host:8091"),
        ("http://host:8091/v1/", "http://host:8091"),
        ("https://user:secret@host/proxy/v1?x=1", "https://host/proxy"),
    ],
)
def test_addresses_with_and_without_v1(address: str, base: str) -> None:
    assert Transport(address, None, 10, None).address == base


async def test_a_path_before_v1_stays() -> None:
    seen = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(str(request.url))
        return httpx.Response(200, json={"version": "1"})

    http = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    async with OmniClient("http://host/proxy/v1", http=http) as omni:
        assert await omni.version() == "1"
    assert seen == ["http://host/proxy/version"]


async def test_a_certificate_that_fails_is_said_at_once(no_waits: None) -> None:
    import ssl

    tries = 0

    def refuse(request: httpx.Request) -> httpx.Response:
        nonlocal tries
        tries += 1
        raise httpx.ConnectError("bad") from ssl.SSLError("certificate")

    async with OmniClient("https://host", http=httpx.AsyncClient(transport=httpx.MockTransport(refuse))) as omni:
        with pytest.raises(NotReachable, match="secure connection"):
            await omni.models()
    assert tries == 1


async def test_connecting_takes_too_long(no_waits: None) -> None:
    def slow(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectTimeout("slow")

    async with OmniClient("http://host", http=httpx.AsyncClient(transport=httpx.MockTransport(slow))) as omni:
        with pytest.raises(NotReachable, match="waited 5 s"):
            await omni.images(ASK)


@pytest.mark.parametrize(
    ("location", "advice"),
    [
        (f"https://other{IMAGES}", "Enter https://other as its address."),
        ("https://login.example/oauth2?next=x", "perhaps to a sign-in page. Enter the address of the server itself."),
        (IMAGES + "/", "Enter the address of the server itself."),
    ],
)
async def test_a_redirect_is_told_with_advice_that_can_be_followed(location: str, advice: str) -> None:
    async with Scripted({f"POST {IMAGES}": Answer(307, b"", headers={"location": location})}).client() as omni:
        with pytest.raises(NotVllmOmni) as told:
            await omni.images(ASK)
    assert told.value.sentence.endswith(advice)
