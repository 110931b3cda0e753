import httpx

from omni_ui.client import Load, OmniClient
from omni_ui.demo.server import DemoServer

BOTH = """# TYPE vllm:num_requests_running gauge
vllm:num_requests_running{engine="0",model_name="m"} 3.0
vllm:num_requests_running{engine="1",model_name="m"} 2.0
vllm:num_requests_waiting{engine="0",model_name="m"} 1.0
vllm:num_requests_waiting_by_reason{engine="0",reason="capacity"} 9.0
"""


async def load_of(status: int, text: str) -> Load | None:
    http = httpx.AsyncClient(transport=httpx.MockTransport(lambda _: httpx.Response(status, text=text)))
    async with OmniClient("http://x", http=http) as omni:
        return await omni.load()


async def test_the_gauges_of_all_engines_are_added_up():
    assert await load_of(200, BOTH) == Load(5, 1)


async def test_whole_requests_are_counted_where_the_server_does():
    text = BOTH + "vllm_omni:num_requests_running 2.0\nvllm_omni:num_requests_waiting 0.0\n"
    assert await load_of(200, text) == Load(2, 0)


async def test_a_server_that_does_not_tell_is_not_said_to_be_free():
    assert await load_of(404, "no") is None
    assert await load_of(200, "<html>") is None
    assert await load_of(200, "vllm:num_requests_running what\n") is None


async def test_the_demo_server_tells():
    with DemoServer() as server:
        async with OmniClient(server.url) as omni:
            assert await omni.load() == Load(0, 0)
