"""A page of Gradio's with one text field, or also two events that ask no server: what no page made with Gradio can go
below.

python -m bench.empty --port 7871
"""

import argparse
import asyncio
from collections.abc import AsyncIterator

import gradio as gr

FLUSH = 18
"""Updates a second of an answer that streams, as in the app."""


async def image(prompt: str, size: str) -> AsyncIterator[str]:
    """Two updates, a second apart, as a run of a second shows them."""
    yield "Working"
    await asyncio.sleep(1)
    yield f"{prompt} {size}"


async def chat(text: str) -> AsyncIterator[str]:
    """An answer of 5 seconds: 100 words at 20 a second."""
    loop = asyncio.get_running_loop()
    began, words = loop.time(), 0
    while words < 100:
        await asyncio.sleep(1 / FLUSH)
        words = min(100, int(20 * (loop.time() - began)))
        yield f"{text} " + " ".join(f"word{number}." for number in range(words))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=7871)
    parser.add_argument("--events", action="store_true", help="with the two events")
    options = parser.parse_args()
    with gr.Blocks(title="Empty") as page:
        words = gr.Textbox(label="Words", elem_id="words")
        if options.events:
            shown, run = gr.Textbox(), gr.Button()
            run.click(image, [words, words], shown, api_name="image", concurrency_limit=None)
            run.click(chat, words, shown, api_name="chat", concurrency_limit=None)
    page.launch(server_name="127.0.0.1", server_port=options.port, quiet=True)
