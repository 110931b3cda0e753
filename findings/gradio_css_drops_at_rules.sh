#!/usr/bin/env bash
# Gradio 6.31.0: of the style sheet given as `launch(css=…)`, the page silently leaves out each @layer, @container,
# @supports, @property and @scope with all that is in it. Plain rules come twice, as written and once more below
# `.gradio-container… .contain`, where `:root` and what stands outside of that can match nothing; rules within @media
# come only so. @keyframes and @font-face stay. The same sheet in a <style> of `head=` arrives whole.
# Needs the system's Chromium at /usr/bin/chromium, or CHROMIUM=path.
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

RULES = {
    "plain rule": ".probe-1 { color: red }",
    ":root": ":root { --probe-2: 1px }",
    "@media": "@media (min-width: 1px) { .probe-3 { color: red } }",
    "@keyframes": "@keyframes probe-4 { from { color: red } }",
    "@font-face": '@font-face { font-family: probe-5; src: local("Arial") }',
    "@layer": "@layer low { .probe-6 { color: red } }",
    "@container": "@container (min-width: 1px) { .probe-7 { color: red } }",
    "@supports": "@supports (color: red) { .probe-8 { color: red } }",
    "@property": '@property --probe-9 { syntax: "*"; inherits: false }',
    "@scope": "@scope (body) { .probe-0 { color: red } }",
}
SHEET = "\n".join(RULES.values())
COUNT = """(probes) => {
  const rules = [...document.styleSheets].flatMap((sheet) => {
    try { return [...sheet.cssRules].map((rule) => rule.cssText); } catch { return []; }
  });
  return probes.map((probe) => rules.filter((text) => text.includes(probe)).length);
}"""


def found(**given):
    """How often each rule stands in the page's style sheets."""
    with gr.Blocks() as page:
        gr.Textbox()
    _, url, _ = page.launch(prevent_thread_lock=True, quiet=True, **given)
    with sync_playwright() as driver:
        chromium = os.environ.get("CHROMIUM", "/usr/bin/chromium")
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        opened = browser.new_page()
        opened.goto(url)
        opened.wait_for_selector("textarea")
        opened.wait_for_function("document.fonts.ready.then(() => true)")
        opened.wait_for_timeout(2000)
        probes = [f"probe-{number}" for number in (*range(1, 10), 0)]
        counted = dict(zip(RULES, opened.evaluate(COUNT, probes)))
        browser.close()
    page.close()
    return counted


by_css, by_head = found(css=SHEET), found(head=f"<style>{SHEET}</style>")
print("gradio", gr.__version__)
for name in RULES:
    print(f"{name}: {by_css[name]} by css=, {by_head[name]} by head=")
twice, once = ("plain rule", ":root"), ("@media", "@keyframes", "@font-face")
expected = {name: 2 if name in twice else 1 if name in once else 0 for name in RULES}
same = by_css == expected and set(by_head.values()) == {1}
sys.stdout.flush()
os._exit(0 if same else 1)
PY
