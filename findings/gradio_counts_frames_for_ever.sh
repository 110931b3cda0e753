#!/usr/bin/env bash
# Gradio 6.31.0: an idle page asks for an animation frame 60 times a second, for ever. The sign that says "Loading" is
# taken away while it counts seconds, and its loop (statustracker, `ze`) goes on without an element, in each page that
# nobody touches. Needs the system's Chromium at /usr/bin/chromium, or CHROMIUM=path.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check gradio==6.31.0 playwright==1.65.2
cd "$folder"
export GRADIO_ANALYTICS_ENABLED=False
"$folder/venv/bin/python" - <<'PY'
import os
import sys

import gradio as gr
from playwright.sync_api import sync_playwright

COUNT = """(() => {
  const ask = requestAnimationFrame;
  window.frames_asked = 0;
  window.requestAnimationFrame = (callback) => { window.frames_asked += 1; return ask(callback); };
})()"""
with gr.Blocks() as page:
    box = gr.Textbox()
    gr.Button().click(lambda text: text, box, box)
_, url, _ = page.launch(prevent_thread_lock=True, quiet=True)
with sync_playwright() as driver:
    chromium = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
    tab = browser.new_page()
    tab.add_init_script(COUNT)
    tab.goto(url)
    tab.wait_for_selector("textarea")
    tab.wait_for_timeout(5000)
    before = tab.evaluate("frames_asked")
    tab.wait_for_timeout(4000)
    frames = tab.evaluate("frames_asked") - before
    browser.close()
page.close()
print("gradio", gr.__version__)
print("page: one Textbox and one Button, loaded 5 s ago, not touched")
print("animation frames asked for in the next 4 s:", frames)
sys.exit(0 if frames > 60 else "The behaviour has changed: an idle page is idle.")
PY
