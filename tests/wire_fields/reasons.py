"""Why a field of the wire is not sent, is sent by another name, or is left to programs. Files: vLLM-Omni 0.30.0."""

IMAGES, EDITS, VIDEOS = "/v1/images/generations", "/v1/images/edits", "/v1/videos"
SPEECH, SOUNDS, VOICES = "/v1/audio/speech", "/v1/audio/generate", "/v1/audio/voices"

NOT_SENT: dict[tuple[str, str], str] = {
    ("", "user"): "the server reads it nowhere",
    ("", "generator_device"): "where noise is drawn is the host's matter; it changes what a seed gives",
    ("", "return_stage_metrics"): "asked for by the page where it shows stages, never entered",
    (IMAGES, "response_format"): "always `b64_json`: `file` answers a zip without seed and metrics",
    (EDITS, "response_format"): "`b64_json` is the only one that the server takes",
    (EDITS, "image[]"): "the same as `image`, which wins where both are there",
    (EDITS, "url[]"): "the same as `url`",
    (VIDEOS, "width"): "`size` says it",
    (VIDEOS, "height"): "`size` says it",
    (VIDEOS, "frame_interpolation_model_path"): "a path on the server, or weights to load: the host's matter",
    (SOUNDS, "stream_format"): "`sse` is refused, and nothing else is known",
    (VOICES, "speaker_embedding"): "a voice is saved from a recording; numbers from an encoder are a program's",
}
"""By route and field; "" stands for all routes."""

SENT_OTHERWISE: dict[tuple[str, str], str] = {
    **{(path, "model"): "always: the model that the server lists" for path in (IMAGES, EDITS, SPEECH, SOUNDS, VIDEOS)},
    (SPEECH, "ambient_sound"): "in the Sound tab, as what an effect sounds like",
    (SPEECH, "duration_seconds"): "in the Sound tab, as the length of an effect",
    (EDITS, "stream"): "set where the model thinks aloud (`omni edit` and the package wait for the end)",
    (SPEECH, "stream_format"): "set by how the sound is asked for",
}
"""Fields that are sent without a control of their own name."""

LEFT_TO_PROGRAMS: dict[tuple[str, str], str] = {
    (IMAGES, "vae_use_slicing"): "goes along with “Less memory”",
    (EDITS, "url"): "an address that the server fetches; the page sends the file itself",
    (SPEECH, "word_timestamps"): "needs a server with --forced-aligner",
    (SPEECH, "speaker_embedding"): "1,024 or 2,048 numbers from the model's own encoder: nobody types them",
}
