"""Every field of the newest server's schema: offered, left to programs, or not sent for a reason.

`python -m tests.wire_fields ADDRESS` asks a running server (tests/contract starts one) and writes its list of fields;
without an address it writes docs/fields.md anew from the list that is here.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from omni_ui.client import (
    EditRequest,
    ImageRequest,
    Request,
    SoundRequest,
    SpeechRequest,
    VideoRequest,
    VoiceUpload,
    ui_option,
)  # fmt: skip
from omni_ui.client.server.model_fields import OF_SOME_MODELS, SLOTS_OF_SOME
from omni_ui.client.server.schema import read_schema
from tests.contract.places import NEWEST
from tests.running import ROOT
from tests.wire_fields.reasons import LEFT_TO_PROGRAMS, NOT_SENT, SENT_OTHERWISE

FIELDS = Path(__file__).with_name(f"fields-{NEWEST}.json")
PAGE = ROOT / "docs" / "fields.md"
MODELS: dict[str, type[Request]] = {
    model.path: model
    for model in (ImageRequest, EditRequest, SpeechRequest, VoiceUpload, SoundRequest, VideoRequest)
}  # fmt: skip
"""By route. A chat takes any field, so its route has no list; /v1/videos/sync takes the form of /v1/videos."""
HEAD = """# Every field of vLLM-Omni {version}

Made by `python -m tests.wire_fields` from the server's own `/openapi.json` and the request models in
`omni_ui/client/requests/`; `tests/client/test_wire_fields.py` fails for a field that is in neither list.

- *offered*: a control of the page, a parameter of its API, of the tool for agents, of the command and of the package.
- *some models*: the same, and the page shows it where the model is known to read it, or nobody knows the model.
- *programs*: in the package and the command line alone.
- *by itself*: sent without a control of that name.
- *not sent*: with the reason.

What each model reads stands at the field itself, with the file and line of the server.

What a person should know of some of them:

- `initial_codec_chunk_frames` ("Start sooner"): upstream heard the first sound after 233 ms with 2 frames, after
  1,851 ms with 25 (vllm-omni#938, an RTX 3090). 0.30.0 chooses by its load where none is named. Tried from here: it
  reaches the engine of the real server, whose stub has no timing. The page says after a run when the first sound came.
- `ref_audio_2`: the wire has no transcript of a second speaker, and MOSS-TTSD does not read that of the first either.
- A last frame goes as the second file of `input_references`, with `frame_indices` in `extra_params`; only MiniMax-H3
  reads it. Wan2.2-I2V has a last frame too, which no route of 0.30.0 reaches.
- `video_noise_mask` and `audio_noise_mask` are files of JSON, one number for each token; the client makes them from a
  painted picture and from seconds, in the shape that the model works in.
- `num_outputs_per_prompt` of a video makes as many and hands out the first.
- `vae_use_tiling` and `vae_use_slicing` are in the schema of 0.30.0, and no line of it reads them after the start.

A chat takes any field that its model knows, so it has no list. `/v1/videos/sync` takes the form of `/v1/videos`.
"""


@dataclass(frozen=True)
class Row:
    """One field of a route. state: as docs/fields.md says it, "" where nobody decided."""

    name: str
    state: str
    words: str


def listed() -> dict[str, list[str]]:
    """The fields of each route, as the server of that version lists them."""
    return json.loads(FIELDS.read_text())["routes"]


def rows(path: str, names: list[str]) -> list[Row]:
    """What becomes of each field of a route."""
    return [_row(path, MODELS[path], name) for name in names]


def _row(path: str, model: type[Request], name: str) -> Row:
    if reason := SENT_OTHERWISE.get((path, name)):
        return Row(name, "by itself", reason)
    if reason := NOT_SENT.get((path, name)) or NOT_SENT.get(("", name)):
        return Row(name, "not sent", reason)
    info = model.model_fields.get(name)
    if info is None:
        return Row(name, "", "")
    if ui_option(info, "place") == "hidden":
        return Row(name, "programs", LEFT_TO_PROGRAMS.get((path, name), ""))
    of_some = OF_SOME_MODELS.get(model.tab, ()) + SLOTS_OF_SOME.get(model.tab, ())
    state = "some models" if name in of_some else "offered"
    return Row(name, state, f"“{info.title}”")


def page() -> str:
    """docs/fields.md."""
    parts = [HEAD.format(version=NEWEST)]
    for path, names in listed().items():
        lines = [f"| `{row.name}` | {row.state} | {row.words} |" for row in rows(path, names)]
        parts.append("\n".join([f"## {path}", "", "| field | | |", "| --- | --- | --- |", *lines]) + "\n")
    return "\n".join(parts)


def write_fields(version: str, description: object) -> None:
    """Writes the list of fields from a server's OpenAPI description."""
    schema = read_schema(description)
    routes = {path: list(schema.fields[path]) for path in MODELS}
    FIELDS.write_text(json.dumps({"version": version, "routes": routes}, indent=1) + "\n")
