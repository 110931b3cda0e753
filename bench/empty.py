"""A page of Gradio's with one text field: what no page made with Gradio can go below.

python -m bench.empty --port 7871
"""

import argparse

import gradio as gr

if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=7871)
    with gr.Blocks(title="Empty") as page:
        gr.Textbox(label="Words", elem_id="words")
    page.launch(server_name="127.0.0.1", server_port=parser.parse_args().port, quiet=True)
