"""The plain Gradio way, as a tutorial would write it: what Omni UI is measured against.

    python -m bench.baseline --port 7870 --server http://127.0.0.1:8300

Synchronous handlers, PIL images, the default queue, a yield per token, gr.Audio(streaming=True), heavy components in
the same six tabs.
"""

import argparse
import base64
import io
import json

import gradio as gr
import httpx
import numpy as np
from PIL import Image


def build(server: str) -> gr.Blocks:
    def image(prompt, size, n, steps, guidance, seed):
        body = {"prompt": prompt, "size": size, "n": int(n), "seed": int(seed)}
        answer = httpx.post(f"{server}/v1/images/generations", json=body, timeout=600).json()
        return [Image.open(io.BytesIO(base64.b64decode(one["b64_json"]))) for one in answer["data"]]

    def chat(text, history):
        history = [*history, {"role": "user", "content": text}, {"role": "assistant", "content": ""}]
        body = {"messages": [{"role": "user", "content": text}], "stream": True}
        with httpx.stream("POST", f"{server}/v1/chat/completions", json=body, timeout=600) as answer:
            for line in answer.iter_lines():
                if line.startswith("data: {"):
                    history[-1]["content"] += json.loads(line[6:])["choices"][0]["delta"]["content"]
                    yield history

    def speech(text):
        body = {"input": text, "stream": True, "stream_format": "audio", "response_format": "pcm"}
        with httpx.stream("POST", f"{server}/v1/audio/speech", json=body, timeout=600) as answer:
            for piece in answer.iter_bytes(3840):
                yield 24000, np.frombuffer(piece[: len(piece) // 2 * 2], dtype="<i2")

    def settings(tab):
        return [
            gr.Slider(1, 200, 50, step=1, label="Steps", elem_id=f"{tab}-steps"),
            gr.Slider(0, 20, 4, label="Guidance", elem_id=f"{tab}-guidance"),
            gr.Number(0, label="Seed", elem_id=f"{tab}-seed"),
        ]

    with gr.Blocks(title="Plain Gradio") as page:
        with gr.Tab("Image"):
            prompt = gr.Textbox(label="Prompt", elem_id="image-prompt", lines=3)
            size = gr.Textbox("1024x1024", label="Size", elem_id="image-size")
            n = gr.Number(1, label="Pictures", elem_id="image-n")
            rest = settings("image")
            run = gr.Button("Run", elem_id="image-run")
            result = gr.Gallery(label="Result", elem_id="image-result")
            run.click(image, [prompt, size, n, *rest], result, api_name="image")
        with gr.Tab("Chat"):
            past = [{"role": ("user", "assistant")[i % 2], "content": f"Message {i}. " * 20} for i in range(40)]
            history = gr.Chatbot(past, label="Conversation", elem_id="chat-result")
            text = gr.Textbox(label="Message", elem_id="chat-text")
            settings("chat")
            gr.Button("Run", elem_id="chat-run").click(chat, [text, history], history, api_name="chat")
        with gr.Tab("Edit"):
            gr.ImageEditor(label="Picture", elem_id="edit-image")
            gr.Textbox(label="Prompt", elem_id="edit-prompt", lines=3)
            settings("edit")
            gr.Button("Run", elem_id="edit-run")
            gr.Gallery(label="Result", elem_id="edit-result")
        with gr.Tab("Speech"):
            words = gr.Textbox(label="Text", elem_id="speech-input", lines=3)
            gr.Audio(label="Reference", elem_id="speech-ref_audio")
            settings("speech")
            spoken = gr.Audio(label="Speech", streaming=True, autoplay=True, elem_id="speech-result")
            gr.Button("Run", elem_id="speech-run").click(speech, words, spoken, api_name="speech")
        with gr.Tab("Sound"):
            gr.Textbox(label="Prompt", elem_id="sound-prompt", lines=3)
            settings("sound")
            gr.Button("Run", elem_id="sound-run")
            gr.Audio(label="Sound", elem_id="sound-result")
        with gr.Tab("Video"):
            gr.Textbox(label="Prompt", elem_id="video-prompt", lines=3)
            gr.Image(label="First frame", elem_id="video-input_reference")
            settings("video")
            gr.Button("Run", elem_id="video-run")
            gr.Video(label="Video", elem_id="video-result")
    return page


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=7870)
    parser.add_argument("--server", default="http://127.0.0.1:8300")
    options = parser.parse_args()
    build(options.server).launch(server_name="127.0.0.1", server_port=options.port, quiet=True)
