#!/usr/bin/env bash
# Gradio 6.31.0: importing a module that holds a subclass of a component writes NAME.pyi beside NAME.py, unasked, into a
# source tree or an installed package. Where the class follows the imports without a blank
# line, the stub is no valid Python; type checkers prefer a stub to its source, and then see nothing of the module.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check gradio==6.31.0
mkdir "$folder/work"
cd "$folder/work"
printf '%s\n' 'import gradio as gr' 'from gradio.events import Events' '' '' 'class Meter(gr.HTML):' \
  '    """Shows a level."""' '' '    EVENTS = [Events.change]' >spaced.py
printf '%s\n' 'import gradio as gr' 'from gradio.events import Events' 'class Meter(gr.HTML):' \
  '    """Shows a level."""' '    EVENTS = [Events.change]' >compact.py
export GRADIO_ANALYTICS_ENABLED=False
"$folder/venv/bin/python" - <<'PY'
import ast
import sys
from pathlib import Path

import gradio

sys.path.insert(0, ".")
import compact
import spaced

print("gradio", gradio.__version__)
expected = {"spaced": "valid", "compact": "not valid"}
seen = {}
for name in expected:
    stub = Path(f"{name}.pyi")
    if not stub.exists():
        sys.exit(f"{stub} is not written any more.")
    try:
        ast.parse(stub.read_text())
        seen[name] = "valid"
    except SyntaxError:
        seen[name] = "not valid"
    print(f"importing {name}.py wrote {stub}, {stub.stat().st_size} bytes, {seen[name]} Python; it begins:")
    print("".join(f"    {line}\n" for line in stub.read_text().splitlines()[:7]))
sys.exit(0 if seen == expected else "The behaviour has changed.")
PY
