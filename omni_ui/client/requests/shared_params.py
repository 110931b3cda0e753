"""Parameters that several modalities have: each stands here once, and its request says what differs, such as its help.

Not as classes to inherit from: pydantic puts inherited fields before a model's own, and the order of a model is that of
its controls and of its API.
"""

from functools import partial

from omni_ui.client.requests.base import INT64, MAX_PROMPT, param

SYSTEM_PROMPT_KINDS = [
    ("By the task", "dynamic"),
    ("Plain", "en_vanilla"),
    ("Rewrite the prompt", "en_recaption"),
    ("Think and rewrite", "en_think_recaption"),
    ("For pictures and edits", "en_unified"),
    ("My own", "custom"),
]
"""What a server of 0.30.0 takes (protocol/images.py:120-126, hunyuan_image3/system_prompt.py)."""

prompt_param = partial(
    param, ..., label="Prompt", place="main", kind="text", min_length=1, max_length=MAX_PROMPT, cap="text"
)
size_param = partial(
    param, label="Size", place="card", kind="size", cap="size",
    time="grows", elsewhere={"a1111": "Size", "draw_things": "size"}, saves={"memory": 3, "time": 3},
)  # fmt: skip
count_param = partial(
    param, 1, help="How many to make at once.", place="card", kind="number", ge=1, le=10, cap="n",
    time="grows", saves={"memory": 1},
)  # fmt: skip
outputs_param = partial(param, kind="number", ge=1, le=10, cap="n", time="grows", saves={"memory": 2})
seed_param = partial(
    param, label="Seed", place="card", kind="seed", ge=-INT64, le=INT64 - 1,
    elsewhere={"a1111": "Seed", "others": "seed"},
)  # fmt: skip
steps_param = partial(
    param, label="Inference steps", place="card", kind="slider", ge=1, le=200, cap="steps", raised=True,
    time="grows", elsewhere={"a1111": "Steps", "others": "steps"}, saves={"time": 2},
)  # fmt: skip
guidance_param = partial(
    param, label="Guidance scale", place="card", kind="slider", step=0.1, ge=0, le=20, raised=True,
    elsewhere={"a1111": "CFG scale"},
)  # fmt: skip
second_guidance_param = partial(param, label="Second guidance scale", kind="slider", step=0.1, ge=0, le=20)
true_cfg_param = partial(
    param, label="True CFG scale", kind="slider", step=0.1, ge=0, le=20, elsewhere={"a1111": "CFG scale"}
)
negative_prompt_param = partial(
    param, label="Negative prompt", kind="text", max_length=MAX_PROMPT, cap="text", time="differs"
)
flow_shift_param = partial(param, label="Flow shift", kind="number", elsewhere={"a1111": "Shift"})
layers_param = partial(param, label="Layers", kind="number", ge=2, le=10, time="differs")
picture_format_param = partial(
    param, "png", label="Format", help="PNG keeps every pixel; JPEG and WebP are smaller.", kind="choice"
)
compression_param = partial(
    param,
    label="Compression",
    help="JPEG and WebP: quality, 100 is best. PNG: lower is smaller and slower; 100 stores it raw.",
    kind="slider",
    empty="66 for PNG, else 92",
    ge=0,
    le=100,
)
system_prompt_param = partial(
    param,
    label="System prompt",
    help="Replaces the model's own system prompt.",
    kind="text",
    max_length=MAX_PROMPT,
    cap="text",
)
system_prompt_kind_param = partial(
    param,
    label="Kind of system prompt",
    help="Which system prompt the model reads; normally its own.",
    kind="choice",
    presets=SYSTEM_PROMPT_KINDS,
)
lora_param = partial(
    param,
    label="LoRA",
    help='An adapter on the server, as JSON: {"name": "style", "path": "/adapters/style", "scale": 0.8}.',
    kind="json",
    expert=True,
    lora=True,
    time="differs",
)
extra_param = partial(
    param,
    label="Extra parameters",
    help="Parameters specific to this model, as a JSON object.",
    kind="json",
    expert=True,
)
sound_format_param = partial(
    param, "wav", label="Format", help="WAV and FLAC keep everything; MP3 and Opus are smaller.", kind="choice"
)
