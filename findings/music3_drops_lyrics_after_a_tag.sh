#!/usr/bin/env bash
# vLLM-Omni 0.30.0, MiniMax-Music3: words that stand behind a section tag on the same line are not sung. The prompt that
# is built from "[Verse] Rain on the window" holds the tag alone; no error and no warning says so. A bracket within a
# line starts a new line, too.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check regex==2025.11.3
"$folder/venv/bin/pip" download --quiet --disable-pip-version-check --no-deps --dest "$folder" vllm-omni==0.30.0
cd "$folder"
"$folder/venv/bin/python" - <<'PY'
import glob
import sys
import types
import zipfile

(wheel,) = glob.glob("vllm_omni-0.30.0-*.whl")
name = "vllm_omni/model_executor/models/minimax_music3/prompt.py"
module = types.ModuleType("prompt")
exec(compile(zipfile.ZipFile(wheel).read(name), name, "exec"), module.__dict__)
cases = {
    "[Verse] Rain on the window": "[start]\n[verse]",
    "[Verse]\nRain on the window": "[start]\n[verse]\nRain on the window",
    "[Chorus] [Slow] Stay": "[start]\n[chorus]\n[slow]",
    "Stay [softly] now": "[start]\nStay\n[softly]\nnow",
}
print(wheel)
changed = False
for lyrics, expected in cases.items():
    built = module.normalize_lyrics(lyrics)
    print(f"{lyrics!r} becomes {built!r}")
    changed |= built != expected
sys.exit("The behaviour has changed." if changed else 0)
PY
