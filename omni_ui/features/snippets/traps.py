"""A word below the code where the usual packages of its language do otherwise than they seem to (docs/sdks.md).

Tried on 2026-11-29 against vLLM-Omni 0.30.0: openai 3.57.0 (Python), AI SDK 7.0.173 with @ai-sdk/openai-compatible
3.0.92 and @ai-sdk/openai 4.0.118 (JavaScript).
"""

from omni_ui.features.snippets.plan import Plan

OPENAI_PICTURES = "With openai: quality, style and user have no effect here; steps and seed go into extra_body."
OPENAI_EDITS = "With openai: the argument mask has no effect here; the form field mask_image has."
OPENAI_SPEECH = "With openai: its own voices (alloy …) and aac are refused, and without a format you get WAV, not MP3."
OPENAI_EVENTS = "With openai: a stream of events is not read by the package; its lines are read here by hand."
OPENAI_CHAT = "With openai: max_completion_tokens, n and audio.voice have no effect here; max_tokens has."
OPENAI_CHAT_SOUND = "With openai: in a stream, speech comes as base64 within the text unless only text is asked for."
OPENAI_VIDEO = (
    "With openai: videos.create_and_poll raises APIStatusError for a video that failed; that is the job itself."
)
AI_SDK_PICTURES = "With the AI SDK: seed and aspectRatio are dropped with a warning; put the seed into providerOptions."
AI_SDK_SPEECH = "With the AI SDK: openai-compatible has no speech; use @ai-sdk/openai with a baseURL, and name a voice."
AI_SDK_CHAT = (
    'With the AI SDK: openai("model") fails here; use openai.chat("model"), and ask for text alone in a stream.'
)


def trap(language: str, plan: Plan) -> str:
    """One sentence, "" where nothing is known."""
    masks = [
        f"{name}.json holds numbers from 0 (kept) to 1 (regenerated): {part.size}."
        for name, part in plan.call.json_files
    ]
    if masks:
        return " ".join(masks)
    return {"Python, openai": _openai, "JavaScript": _ai_sdk}.get(language, _nothing)(plan)


def _openai(plan: Plan) -> str:
    if plan.call.path == "/v1/images/edits":
        return OPENAI_EDITS
    if plan.kind == "chat":
        return OPENAI_CHAT if plan.json.get("modalities") == ["text"] else OPENAI_CHAT_SOUND
    if plan.call.path == "/v1/audio/speech":
        return OPENAI_EVENTS if plan.kind == "speech_events" else OPENAI_SPEECH
    return {"pictures": OPENAI_PICTURES, "video_job": OPENAI_VIDEO}.get(plan.kind, "")


def _ai_sdk(plan: Plan) -> str:
    if plan.call.path == "/v1/images/generations":
        return AI_SDK_PICTURES
    return AI_SDK_CHAT if plan.kind == "chat" else AI_SDK_SPEECH if plan.call.path == "/v1/audio/speech" else ""


def _nothing(plan: Plan) -> str:
    return ""
