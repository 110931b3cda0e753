"""Fields that only some models take, and which models those are.

A server of 0.30.0 accepts these fields for every model. What does not read one ignores it without a word, or answers
400; so they are offered where the model is known to read them, and where nobody knows the model.
"""

import re
from collections.abc import Iterable

OF_SOME_MODELS: dict[str, tuple[str, ...]] = {
    "image": ("bot_task", "system_prompt", "use_system_prompt"),
    "edit": ("bot_task", "system_prompt", "sys_type"),
    "speech": ("ref_audio_2", "initial_codec_chunk_frames", "non_streaming_mode"),
    "video": (
        "last_frame",
        "image_reference",
        "video_reference",
        "num_outputs_per_prompt",
        "source_video",
        "source_audio",
        "video_noise_mask",
        "video_noise_seconds",
        "audio_noise_mask",
    ),
}
"""By tab. All others are taken by every model, or said by the model's inputs."""

SLOTS_OF_SOME: dict[str, tuple[str, ...]] = {"edit": ("mask_image", "reference_image")}
"""As OF_SOME_MODELS: seen where the model reads them, and sent all the same by whoever names them."""

EDITED = "source_video source_audio video_noise_mask video_noise_seconds audio_noise_mask"
TAKEN: tuple[tuple[str, str, str], ...] = (
    # hunyuan_image3/request_layout.py:146-161; images/helpers.py:98-117
    (r"hunyuanimage-?3", "image", "bot_task system_prompt use_system_prompt"),
    (r"hunyuanimage-?3", "edit", "bot_task system_prompt sys_type"),
    # flux2_klein/pipeline_flux2_klein.py:777-779: the only pipeline that reads either
    (r"flux\.?2[-_]?klein", "edit", "mask_image reference_image"),
    # lance/pipeline_lance.py:1674 and 1768
    (r"bytedance.*/lance\b", "image", "system_prompt"),
    (r"bytedance.*/lance\b", "edit", "system_prompt"),
    # tts_adapters/moss_tts.py:101-126
    (r"moss-?ttsd", "speech", "ref_audio_2"),
    # tts_adapters/qwen3_tts.py:381-390: the only adapter that hands them on
    (r"qwen3-?tts", "speech", "initial_codec_chunk_frames non_streaming_mode"),
    # diffusion/model_metadata.py:55-75; minimax_h3/encoder_processing.py:110-124 and 465-500
    (r"minimax-?h3", "video", f"last_frame image_reference video_reference num_outputs_per_prompt {EDITED}"),
    # wan2_2/pipeline_wan2_2_vace.py:130-163
    (r"wan.*vace", "video", "image_reference video_reference"),
    (r"^demo/painter$", "image", "bot_task system_prompt use_system_prompt"),
    (r"^demo/editor$", "edit", "mask_image reference_image bot_task system_prompt sys_type"),
    (r"^demo/voice$", "speech", "ref_audio_2 initial_codec_chunk_frames non_streaming_mode"),
    (r"^demo/clip$", "video", f"last_frame input_references audio_reference num_outputs_per_prompt {EDITED}"),
)
"""Pattern of a model id, tab, and the fields that such a model reads (files and lines of vLLM-Omni 0.30.0)."""

NEEDED: tuple[tuple[str, str, str], ...] = (
    # tts_adapters/moss_tts.py:434-436; a saved voice takes its place
    (r"moss-?ttsd", "speech", "ref_audio"),
)
"""As TAKEN: what such a model refuses to go without."""

FROM_INPUTS: dict[str, frozenset[str]] = {
    "input_reference": frozenset({"image", "video"}),
    "input_references": frozenset({"video"}),
    "audio_reference": frozenset({"audio"}),
}
"""Slots of a video, and the kinds of input of which a model must take one."""


FOLDED_SLOTS = frozenset({"last_frame", "image_reference", "video_reference", "input_references", "audio_reference"})
"""Where none of them is taken, what they are folded into is hidden too, under the name "references"."""


def fields_of_model(tab: str, names: Iterable[str | None]) -> dict[str, list[str]]:
    """What a model takes and needs. names: its id, and its root.

    "takes": of the fields that only some models take, those that this one does. "needs": what it cannot do without,
    where there is anything.
    """
    lowered = [name.lower() for name in names if name]
    needs = _listed(NEEDED, tab, lowered)
    return {"takes": _listed(TAKEN, tab, lowered)} | ({"needs": needs} if needs else {})


def _listed(table: tuple[tuple[str, str, str], ...], tab: str, names: list[str]) -> list[str]:
    fields = [
        field
        for pattern, of_tab, listed in table
        if of_tab == tab and any(re.search(pattern, name) for name in names)
        for field in listed.split()
    ]
    return list(dict.fromkeys(fields))


def fields_not_taken(tab: str, taken: Iterable[str], inputs: Iterable[str] | None = None) -> list[str]:
    """The fields of a tab that its model does not take. inputs: the kinds of input of a model of videos."""
    of_some = OF_SOME_MODELS.get(tab, ()) + SLOTS_OF_SOME.get(tab, ())
    kept, kinds = set(taken), frozenset(inputs or ())
    slots = [name for name, wanted in FROM_INPUTS.items() if tab == "video" and kinds and not wanted & kinds]
    if "video_reference" in kept:  # the slots by role take its place
        slots.append("input_references")
    hidden = [name for name in dict.fromkeys((*of_some, *slots)) if name not in kept]
    return [*hidden, "references"] if set(hidden) >= FOLDED_SLOTS else hidden
