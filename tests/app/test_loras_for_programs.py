"""A program that sends a LoRA as an object gets its pictures: nothing in the outputs is taken for a file."""

from pathlib import Path

from gradio_client import Client

from tests.fakes import SlowServer
from tests.running import App


def test_a_program_that_names_a_lora_gets_its_picture():
    lora = {"name": "ink", "path": "/adapters/ink", "scale": 0.5}
    with SlowServer(latency=0) as server, App(OMNI_BASE_URL=server.url, OMNI_PUBLIC="false") as app:
        client = Client(app.url, verbose=False)
        outputs = client.predict(prompt="a fox", lora=lora, api_name="/image")
        assert server.seen[-1].body["lora"] == lora
        pictures = [item["image"] for output in outputs if isinstance(output, list) for item in output]
        assert [Path(picture).read_bytes() for picture in pictures] == [server.picture]
        (facts,) = [output for output in outputs if isinstance(output, dict) and "request" in output]
        assert isinstance(facts["request"]["lora"], str)
        assert "/adapters/ink" in facts["request"]["lora"]
