"""Code for a WireCall: curl, Python and JavaScript, complete as pasted. The key comes from OMNI_API_KEY."""

import json
import shlex
from collections.abc import Callable
from typing import Any

from omni_ui.client import WireCall


def _curl(call: WireCall, base_url: str) -> str:
    body = json.dumps(call.json, ensure_ascii=False, indent=2)
    return "\n".join(
        [
            f"curl -sS --fail-with-body {shlex.quote(base_url + call.path)} \\",
            '  -H "Authorization: Bearer $OMNI_API_KEY" \\',
            "  -H 'Content-Type: application/json' \\",
            f"  -d {shlex.quote(body)} \\",
            "  | python3 -c 'import base64, json, sys",
            'for i, one in enumerate(json.load(sys.stdin)["data"]):',
            f'    open(f"image_{{i}}.{_suffix(call)}", "wb").write(base64.b64decode(one["b64_json"]))\'',
        ]
    )


def _python(call: WireCall, base_url: str) -> str:
    return f"""import base64
import os

import httpx

answer = httpx.post(
    "{base_url}{call.path}",
    headers={{"Authorization": f"Bearer {{os.environ.get('OMNI_API_KEY', '')}}"}},
    json={_literal(call.json, 4)},
    timeout=600,
)
answer.raise_for_status()
for i, one in enumerate(answer.json()["data"]):
    with open(f"image_{{i}}.{_suffix(call)}", "wb") as file:
        file.write(base64.b64decode(one["b64_json"]))
"""


def _openai(call: WireCall, base_url: str) -> str:
    known = {"model", "prompt", "n", "size", "output_format", "output_compression"}
    body = call.json or {}
    plain = {name: value for name, value in body.items() if name in known}
    extra = {name: value for name, value in body.items() if name not in known}
    given = "".join(f"    {name}={_literal(value, 4)},\n" for name, value in plain.items())
    return f"""import base64
import os

from openai import OpenAI

client = OpenAI(base_url="{base_url}/v1", api_key=os.environ.get("OMNI_API_KEY") or "none")
answer = client.images.generate(
{given}    extra_body={_literal(extra, 4)},
)
for i, one in enumerate(answer.data):
    with open(f"image_{{i}}.{_suffix(call)}", "wb") as file:
        file.write(base64.b64decode(one.b64_json))
"""


def _javascript(call: WireCall, base_url: str) -> str:
    return f"""// node 20 or newer: save as request.mjs
import {{ writeFile }} from "node:fs/promises";

const answer = await fetch("{base_url}{call.path}", {{
  method: "POST",
  headers: {{
    "Authorization": `Bearer ${{process.env.OMNI_API_KEY ?? ""}}`,
    "Content-Type": "application/json",
  }},
  body: {json.dumps(json.dumps(call.json, ensure_ascii=False))},
}});
if (!answer.ok) throw new Error(`${{answer.status}}: ${{await answer.text()}}`);
const {{ data }} = await answer.json();
for (const [i, one] of data.entries()) {{
  await writeFile(`image_${{i}}.{_suffix(call)}`, Buffer.from(one.b64_json, "base64"));
}}
"""


def _suffix(call: WireCall) -> str:
    return {"jpeg": "jpg", "webp": "webp"}.get((call.json or {}).get("output_format", "png"), "png")


def _literal(value: Any, indent: int) -> str:
    """A Python literal over several lines, indented to stand in a call."""
    import pprint

    text = pprint.pformat(value, width=88, sort_dicts=False)
    return text.replace("\n", "\n" + " " * (indent + 5)) if isinstance(value, dict) else text


_WRITERS: dict[str, Callable[[WireCall, str], str]] = {
    "curl": _curl,
    "Python": _python,
    "Python, openai": _openai,
    "JavaScript": _javascript,
}
LANGUAGES = list(_WRITERS)


def snippet(language: str, call: WireCall, base_url: str) -> str:
    """The code in one of LANGUAGES."""
    return _WRITERS[language](call, base_url.rstrip("/"))
