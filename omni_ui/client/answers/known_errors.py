"""What vLLM-Omni says when it refuses, and what a person can do about it.

The messages are those of vLLM-Omni 0.30.0; the file of each stands in the comments (below entrypoints/openai/).
The server scrubs anything like a file path out of its messages, so no pattern relies on one.
"""

import re
from dataclasses import dataclass
from typing import Any

from omni_ui.client.errors import BadRequest, NotFound, NothingMade, OmniError, OutOfMemory, TooLarge


@dataclass(frozen=True)
class Reply:
    """One known message. `says`, `hint` and the remedy may hold {0}, {1} … for the groups of the pattern.

    remedy: {"field": …, "value": what it is set to}, or with an "action": halve (a size or a number), fit (a size
    into `value` pixels), keep (the first `value` files), first (of the values that `value` lists), new_conversation.
    """

    pattern: str
    says: str
    hint: str = ""
    field: str | None = None
    remedy: dict[str, Any] | None = None
    kind: type[OmniError] | None = None
    permanent: bool = True

    def match(self, message: str) -> re.Match[str] | None:
        return re.search(self.pattern, message, re.IGNORECASE | re.DOTALL)


HALVE = {"field": "size", "action": "halve"}
OTHER_SERVER = "Use a server that runs a model made for it."

KNOWN_REPLIES: list[Reply] = [
    # The graphics card. Engine errors of torch and vLLM, passed on as 500; 507 by gateways.
    Reply(
        r"out of memory|cuda error: out|CUBLAS_STATUS_ALLOC_FAILED",
        "The server ran out of graphics memory.",
        "Choose a smaller size, fewer pictures or fewer frames.",
        "size",
        HALVE,
        OutOfMemory,
    ),
    # Names of models. api_server.py:2072,2315; video/generation/helpers.py:997; vllm: "The model `x` does not exist."
    Reply(
        r"Model mismatch: request specifies '(.*?)' but server is running '(.*?)'",
        "The server runs {1}, not {0}.",
        "Leave the model name out, or send the one that the server lists.",
        "model",
        {"field": "model", "value": None},
    ),
    Reply(
        r"The model `(.*?)` does not exist",
        "The server has no model named {0}.",
        "Leave the model name out, or send the one that the server lists.",
        "model",
        {"field": "model", "value": None},
        NotFound,
    ),
    # A model that does not do this. app_state.py:57-78, diffusion.py:34, api_server.py:1239-1452,2390
    Reply(
        r"No diffusion stage found|Multi-stage engine not initialized|Stage configs not found",
        "The model on this server makes no pictures, sounds or videos.",
        OTHER_SERVER,
        kind=BadRequest,
    ),
    Reply(r"does not support (.*?) API", "The model on this server does not support the {0} API.", OTHER_SERVER),
    Reply(
        r"handler not initialized|is not initialized for|No final video output stage found",
        "The model on this server does not do this.",
        OTHER_SERVER,
        kind=BadRequest,
    ),
    Reply(
        r"has no attribute 'openai_serving|'_Unsupported' is not iterable",
        "The model on this server does not do this.",
        OTHER_SERVER,
        kind=BadRequest,
    ),
    # serving_speech.py:2224, serving_audio_generate.py:135
    Reply(
        r"(?:TTS|Audio generation) model did not produce audio",
        "The model on this server makes no sound.",
        OTHER_SERVER,
        kind=NothingMade,
    ),
    Reply(r"No video outputs found", "The model on this server made no video.", OTHER_SERVER, kind=NothingMade),
    # serving_speech.py:1988-1995: an omni model asked for plain speech
    Reply(
        r"only supported for dedicated TTS models|use /v1/chat/completions with",
        "This model speaks only in a chat.",
        "Ask it in a conversation, with speech switched on.",
    ),
    Reply(r"Batch speech is not supported", "This model cannot speak several texts at once.", "Send them one by one."),
    # Pictures. images/helpers.py:41-98, image_api_utils.py:61-64, api_server.py:2408-2422
    Reply(
        r"Requested image size (\d+x\d+) exceeds the maximum allowed size of (\d+) pixels",
        "Size {0} is more than this server makes: at most {1} pixels.",
        "Choose a smaller size.",
        "size",
        {"field": "size", "action": "fit", "value": "{1}"},
    ),
    Reply(
        r"Invalid size",
        "The server cannot read this size.",
        "Write it as WIDTHxHEIGHT, such as 1024x768.",
        "size",
        {"field": "size", "value": None},
    ),
    Reply(
        r"Received (\d+) input images?\. At most (\d+)",
        "{0} input pictures are too many: this model takes {1}.",
        "Remove some.",
        "image",
        {"field": "image", "action": "keep", "value": "{1}"},
    ),
    Reply(
        r"Only a single image (?:input )?is supported",
        "This model takes one input picture.",
        "Remove the others.",
        "image",
        {"field": "image", "action": "keep", "value": 1},
    ),
    Reply(r"Field 'image' or 'url' is required", "An edit needs a picture to start from.", "Add one.", "image"),
    Reply(
        r"Cannot specify both 'resolution' and 'size'",
        "Resolution and size were both set.",
        "Keep one of them.",
        "resolution",
        {"field": "resolution", "value": None},
    ),
    Reply(
        r"Invalid resolution (\d+)\. Supported resolutions: (.*?)\.",
        "Resolution {0} does not exist.",
        "Choose one of {1}.",
        "resolution",
        {"field": "resolution", "action": "first", "value": "{1}"},
    ),
    Reply(
        r"stream=true is only supported for multi-stage",
        "This model does not think aloud while it edits.",
        "Switch streaming off.",
        "stream",
        {"field": "stream", "value": False},
    ),
    Reply(
        r"lora.*(?:name and path|expected an object)|Invalid LoRA|LoRA must be",
        "The LoRA is not complete: it needs a name and a path on the server.",
        'Write {{"name": …, "path": …}}.',
        "lora",
        {"field": "lora", "value": None},
    ),
    Reply(
        r"Failed to (?:open uploaded file|download image)|Invalid base64 image|cannot identify image|broken data",
        "The server cannot read an input picture.",
        "Save it as PNG or JPEG and add it again.",
        "image",
    ),
    Reply(
        r"No output generated|No image data available",
        "The model made nothing.",
        "Change the prompt or the seed and try again.",
        remedy={"field": "seed", "value": None},
        kind=NothingMade,
    ),
    Reply(r"'ErrorResponse' object has no attribute", "The server failed and lost its own error message.", ""),
    # Forms. starlette/formparsers.py:100,172
    Reply(
        r"(?:Part|Field) exceeded maximum size of (\d+)KB",
        "A text field is larger than the server takes ({0} KB).",
        "Send media as a file.",
        kind=TooLarge,
    ),
    # Speech. utils.py:144, tts_adapters/qwen3_tts.py:118-143, serving_speech.py:865-960, protocol/audio.py:327-347
    Reply(
        r"Invalid (?:speaker|voice) '(.*?)'\. Supported: (.*)",
        "This model has no voice {0}.",
        "It has: {1}",
        "voice",
        {"field": "voice", "action": "first", "value": "{1}"},
    ),
    Reply(
        r"(?:Unknown|unsupported) (?:voice|speaker)|(?:voice|speaker) .{0,80}not (?:found|supported|available)",
        "This model does not have this voice.",
        "Choose one from the list.",
        "voice",
        {"field": "voice", "value": None},
    ),
    Reply(
        r"(?:Reference audio|ref_audio).*(?:too (?:short|long)|at least|at most|duration|seconds)",
        "The reference recording does not have the right length.",
        "Use 1 to 30 seconds.",
        "ref_audio",
    ),
    # Base is what a saved voice or a recording asks for: the task that is set is right, and they are not.
    Reply(
        r"checkpoint does not support task_type='Base'\. Use task_type='(\w+)'",
        "This model does not copy voices: it was trained for {0}.",
        "Choose one of its own voices and remove the reference recording; saved voices need a Base model.",
        "voice",
    ),
    Reply(
        r"checkpoint does not support task_type='(\w+)'\. Use task_type='(\w+)'",
        "This model does not do {0}: it was trained for {1}.",
        "Set the task to {1}.",
        "task_type",
        {"field": "task_type", "value": "{1}"},
    ),
    Reply(
        r"requires 'ref_audio'|ref_audio.*(?:is )?required|requires either a voice name or ref_audio",
        "This model copies a voice and needs a recording of it.",
        "Add a reference recording, and its transcript if you have it.",
        "ref_audio",
    ),
    Reply(
        r"requires non-empty 'ref_text'",
        "The model wants to know what is said in the reference recording.",
        "Write its transcript, or switch to timbre only.",
        "ref_text",
        {"field": "x_vector_only_mode", "value": True},
    ),
    Reply(
        r"requires 'instructions'",
        "This model invents a voice and needs a description of it.",
        "Describe the voice in the instructions.",
        "instructions",
    ),
    Reply(
        r"'(\w+)' is only valid for Base task",
        "Only models that copy a voice (task Base) take {0}.",
        "Leave it out, or use such a model.",
        remedy={"field": "{0}", "value": None},
    ),
    Reply(
        r"Instructions too long \(max (\d+)",
        "The instructions are too long.",
        "Use at most {0} characters.",
        "instructions",
    ),
    Reply(
        r"max_new_tokens (?:must be at least|cannot exceed) (\d+)",
        "The model does not take this many new tokens.",
        "The limit is {0}.",
        "max_new_tokens",
        {"field": "max_new_tokens", "value": "{0}"},
    ),
    Reply(
        r"Invalid language '(.*?)'\. Supported: (.*)",
        "This model does not speak {0}.",
        "It speaks: {1}",
        "language",
        {"field": "language", "value": None},
    ),
    Reply(
        r"sample_rate|sampling rate",
        "This model does not give this sample rate.",
        "Leave the sample rate at the model's own.",
        "sample_rate",
        {"field": "sample_rate", "value": None},
    ),
    Reply(
        r"Streaming .*requires response_format|speed.{0,40}stream|stream.{0,60}speed",
        "Only wav and pcm at speed 1 can be heard while they are made.",
        "Set the speed to 1 and the format to wav, or switch streaming off.",
        "stream",
        {"field": "stream", "value": False},
    ),
    Reply(
        r"forced-aligner|word_timestamps",
        "This server cannot tell the time of each word.",
        "Switch word timestamps off.",
        "word_timestamps",
        {"field": "word_timestamps", "value": False},
    ),
    Reply(
        r"Could not decode audio|Unsupported MIME type",
        "The server cannot read this recording.",
        "Save it as WAV, FLAC or MP3 and add it again.",
        "audio_sample",
    ),
    Reply(r"Voice name '(.*?)' is reserved", "{0} is one of the model's own voices.", "Choose another name.", "name"),
    Reply(
        r"File size exceeds maximum limit of (\d+MB)",
        "The recording is larger than {0}.",
        "Use a shorter one.",
        "audio_sample",
        kind=TooLarge,
    ),
    Reply(r"Input text cannot be empty|input cannot be empty", "The text is empty.", "Fill it in first.", "input"),
    Reply(
        r"Opus only supports sample rates",
        "This sound's sample rate does not go into Opus.",
        "Choose WAV, FLAC or MP3.",
        "response_format",
        {"field": "response_format", "value": "mp3"},
    ),
    # Chat. serving_chat.py:659-674, diffusion_request_utils.py:71; vllm's own length check
    Reply(
        r"maximum context length|longer than the maximum model length|max_model_len",
        "The conversation is longer than this model can read.",
        "Start a new one, or shorten it.",
        "messages",
        {"action": "new_conversation"},
        BadRequest,
    ),
    Reply(
        r"Unsupported output modalities (.*?) for this model\. Supported modalities: (.*)",
        "This model cannot answer in {0}.",
        "It can answer in: {1}.",
        "modalities",
        {"field": "modalities", "value": None},
    ),
    Reply(
        r"is not a multimodal model",  # of vLLM's own renderer
        "This model reads text alone.",
        "Remove the pictures, recordings and videos from the conversation.",
        "messages",
    ),
    Reply(r"provided more than once: (.*?)\.", "A parameter was sent twice: {0}.", "Set it in one place only."),
    Reply(
        r"At most (\d+) (image|audio|video)\(s\) may be provided",
        "This model takes at most {0} of this kind of file ({1}) in a conversation.",
        "Remove some.",
    ),
    Reply(
        r"guardrail|content (?:policy|filter)|rejected by the safety",
        "The model's own rules refuse this prompt.",
        "Word it differently.",
        "prompt",
    ),
    # Videos. serving_video.py:304-349, video/generation/helpers.py:923-944, api_server.py:2750,2834-2950
    Reply(
        r"Video not found",
        "The server does not know this video any more.",
        "It was deleted, or the server was restarted. Make it again.",
        kind=NotFound,
    ),
    Reply(
        r"not found on disk", "The server has already removed the file of this video.", "Make it again.", kind=NotFound
    ),
    Reply(r"still in-progress|not yet available", "The video is not finished yet.", "Wait for it."),
    Reply(
        r"Video generation timed out after ([\d.]+)s",
        "The server gave up after {0} seconds.",
        "Make it as a job, or ask for fewer frames or steps.",
        remedy={"field": "num_frames", "action": "halve"},
    ),
    Reply(
        r"Provide (?:only one of input_reference|input_references alone)|does not support mixed",
        "Only one kind of reference can be used.",
        "Keep the picture or the video, not both.",
        "input_reference",
        {"field": "input_references", "value": None},
    ),
    Reply(
        r"supports ([\d.]+)-second clips only",
        "This model makes clips of {0} seconds only.",
        "Set the seconds to that.",
        "seconds",
        {"field": "seconds", "value": "{0}"},
    ),
    Reply(
        r"(?:Invalid|decode).{0,60}(?:reference|input_reference)|did not decode to",
        "The server cannot read the reference file.",
        "Save it again as PNG, JPEG or MP4.",
        "input_reference",
    ),
    Reply(
        r"api-server-count|more than one API (?:server|worker)",
        "This server runs with several workers and cannot do this.",
        "Start it with one.",
    ),
    # Our own demo server, where an optional package is not there.
    Reply(
        r"in the demo needs the package ([^:]+): run `([^`]+)`",
        "The demo needs the package {0} for this.",
        "Run {1} and start the app again.",
    ),
    # The engine died. vllm/v1/engine: the process exits after this answer
    Reply(
        r"EngineDead|engine (?:core )?(?:is )?dead|Engine core.*died|EngineCore encountered",
        "The server's engine has stopped; the server ends itself now.",
        "Start the server again.",
    ),
    # Last, since the words after it say more: the routes that wrap any failure (some of them as 400).
    Reply(
        r"^(?:Audio|Image|Speech|Video) (?:generation|edit) failed: (.*?)\.?$",
        "The server failed while it worked on this: {0}.",
        "Try again; if it stays, look into the server's log.",
        permanent=False,
    ),
]


def find_reply(message: str) -> tuple[Reply, tuple[str, ...]] | None:
    """The first known reply that this message is, with what its pattern found."""
    for reply in KNOWN_REPLIES:
        if found := reply.match(message):
            return reply, tuple(group or "" for group in found.groups())
    return None
