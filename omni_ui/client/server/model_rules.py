"""What the kind of a model makes of a request: settings that it does not heed, and the one that it cannot do without.

The schema of a route says which fields its server drops (schema.py). A chat takes any field, so there the kind of the
model says it (WIRE.md 7 and 8).
"""

from dataclasses import replace
from functools import cache
from typing import cast, get_args

from omni_ui.client.errors import BadRequest
from omni_ui.client.requests.base import Request, Stages, ui_option
from omni_ui.client.requests.chat import ChatRequest
from omni_ui.client.requests.files import FILE_KINDS
from omni_ui.client.requests.image import ImageRequest
from omni_ui.client.requests.sound import SoundRequest
from omni_ui.client.requests.speech import SpeechRequest
from omni_ui.client.requests.video import VideoRequest
from omni_ui.client.server.discovery import Ability
from omni_ui.client.server.model_fields import OF_SOME_MODELS, fields_not_taken
from omni_ui.client.server.schema import Fitted, RequestT

BY_MODEL = ("chat", "speech", "sound")
"""The tabs whose requests always depend on the kind of the model; others by fields that only some models take."""
IMAGES = "/v1/images/generations"
A_VOICE = "A calm, warm voice, close to the microphone."
"""Offered to whoever has not described one."""
WORDS_OF_MAKE = {"sound": "sounds", "song": "songs", "effect": "sound effects"}


def stages_of_chat(ability: Ability | None) -> str | None:
    """Which stages answer a chat, one of `Stages` or "all". None when the model is not known for sure."""
    if ability is None or ability.guess or not ability.can:
        return None
    return cast(str | None, ability.detail.get("stages"))


def unheeded(ability: Ability | None) -> tuple[str, ...]:
    """The settings of a chat that have no effect on this model, as its fields say by `stages`."""
    return _unheeded_by(stages_of_chat(ability))


@cache
def _unheeded_by(stages: str | None) -> tuple[str, ...]:
    if stages not in get_args(Stages):
        return ()
    heeded = {name: ui_option(info, "stages") for name, info in ChatRequest.model_fields.items()}
    return tuple(name for name, listed in heeded.items() if listed and stages not in listed)


def task_to_set(ability: Ability | None) -> str | None:
    """The speech task that must be said: servers take CustomVoice when nothing is (qwen3_tts.py:118-143)."""
    task = ability.detail.get("task") if ability and ability.can else None
    return cast(str, task) if task in ("VoiceDesign", "Base") else None


def adapt(fitted: Fitted[RequestT], ability: Ability | None) -> Fitted[RequestT]:
    """The request as its model needs it. The page and its API both send what comes out here."""
    fitted = _without_fields_not_taken(fitted, ability)
    request = fitted.request
    if isinstance(request, SoundRequest):
        return replace(fitted, request=cast(RequestT, _with_make(request, ability)))
    if isinstance(request, SpeechRequest):
        _check_voice(request, ability)
        filled = _filled_in(request, ability)
        return replace(fitted, request=request.model_copy(update=filled)) if filled else fitted
    if isinstance(request, VideoRequest):
        return replace(fitted, request=cast(RequestT, _with_roles(request, ability)))
    if isinstance(request, ChatRequest) and not pictures_alone(request, ability):
        names = [name for name in unheeded(ability) if getattr(request, name) not in (None, "", [])]
        if names:
            without = request.model_copy(update=dict.fromkeys(names))
            return replace(fitted, request=without, left_out=(*fitted.left_out, *names))
    return fitted


def copies_sound_alone(ability: Ability | None) -> bool:
    """Whether the model copies how somebody speaks only with a transcript, and else the sound of the voice alone
    (tts_adapters/qwen3_tts.py: "requires non-empty 'ref_text' … unless 'x_vector_only_mode' is enabled")."""
    return _needs("ref_text", ability) and ability is not None and "x_vector_only_mode" in ability.detail["takes"]


def needs_transcript(ability: Ability | None) -> bool:
    """Whether the model refuses a recording without its transcript (WITH_TRANSCRIPT in requests/speech.py)."""
    return _needs("ref_text", ability) and not copies_sound_alone(ability)


def _needs(field: str, ability: Ability | None) -> bool:
    return ability is not None and not ability.guess and field in ability.detail.get("needs", ())


def _filled_in(request: SpeechRequest, ability: Ability | None) -> dict[str, object]:
    """What the model of a speech must be told that nobody has said."""
    if request.ref_audio is None:
        task = task_to_set(ability)
        return {"task_type": task} if task and request.task_type is None else {}
    without_words = not _has_words(request.ref_text) and request.ref_audio_2 is None
    return {"x_vector_only_mode": True} if without_words and copies_sound_alone(ability) else {}


def _check_voice(request: SpeechRequest, ability: Ability | None) -> None:
    """BadRequest where a model that has no voices is given none, or a recording without the words that it needs."""
    model = (ability and ability.model) or "This model"
    if request.ref_audio is not None and needs_transcript(ability) and not _has_words(request.ref_text):
        raise BadRequest(
            f"{model} copies a voice only with a transcript.",
            "Write down what is said in the recording, word for word.",
            field="ref_text",
        )
    if _needs("instructions", ability) and request.task_type != "CustomVoice" and not _has_words(request.instructions):
        raise BadRequest(
            f"{model} creates a voice from a description, and there is none.",
            "Describe the voice in Instructions.",
            field="instructions",
            remedy={"field": "instructions", "value": A_VOICE},
        )
    if request.ref_audio or request.voice or request.speaker_embedding or not _needs("ref_audio", ability):
        return
    two = ability is not None and "ref_audio_2" in ability.detail["takes"]
    raise BadRequest(
        f"{model} needs a voice to copy, and there is none.",
        "Add a reference recording of the one who says [S1]."
        if two
        else "Add a reference recording, or choose a saved voice.",
        field="ref_audio",
    )


def _has_words(text: str | None) -> bool:
    return bool((text or "").strip())


def _with_roles(request: VideoRequest, ability: Ability | None) -> VideoRequest:
    """Tells a model that takes frames and references apart that pictures are references (minimax_h3's "task").

    BadRequest for pictures that must go as files, where the model takes files for videos (helpers.py:1049-1052).
    """
    if not request.image_reference or not ability or "takes" not in ability.detail or ability.guess:
        return request
    if "last_frame" in ability.detail["takes"]:
        extra = {"task": "ref2va", **(request.extra_params or {})}
        return request.model_copy(update={"extra_params": extra})
    if request.reference_files:
        raise BadRequest(
            f"{ability.model or 'This model'} accepts reference pictures of 700 kB in total, without videos.",
            "Use fewer or smaller pictures, as JPEG or WebP, or only the videos.",
            field="image_reference",
        )
    return request


def not_taken(tab: str, ability: Ability | None) -> list[str]:
    """The fields of a tab that its model is known not to take; none where nobody knows the model."""
    if ability is None or ability.guess or not ability.can or "takes" not in ability.detail:
        return []
    detail = ability.detail
    inputs = detail.get("inputs") if tab == "video" else None
    return fields_not_taken(tab, detail["takes"], inputs, detail.get("task") if tab == "speech" else None)


def _without_fields_not_taken(fitted: Fitted[RequestT], ability: Ability | None) -> Fitted[RequestT]:
    """The request without values that its model would not read. BadRequest for a file: the result would pass for one
    that was made from it."""
    request = fitted.request
    # Not what depends on the task of a checkpoint: a server may give it another name, and refuses it in words itself.
    refused = set(not_taken(request.tab, ability)) & set(OF_SOME_MODELS.get(request.tab, ()))
    names = [name for name in type(request).model_fields if name in refused and _is_set(request, name)]
    for name in names:
        info = type(request).model_fields[name]
        if ui_option(info, "kind") in FILE_KINDS:
            model = ability.model if ability else None
            raise BadRequest(
                f"{model or 'This model'} does not accept “{info.title or name}”.",
                "Remove it, or use another model.",
                field=name,
                remedy={"field": name, "value": None},
            )
    if not names:
        return fitted
    without = request.model_copy(update=dict.fromkeys(names))
    return replace(fitted, request=without, left_out=(*fitted.left_out, *names))


def depends_on_model(request: Request) -> bool:
    """Whether a request must know its model before it is sent: a look at the server's list, where that is old."""
    return request.tab in BY_MODEL or any(_is_set(request, name) for name in OF_SOME_MODELS.get(request.tab, ()))


def _is_set(request: Request, name: str) -> bool:
    usual = type(request).model_fields[name].get_default(call_default_factory=True)
    return getattr(request, name, None) not in (None, "", [], usual)


def made_by(ability: Ability | None) -> list[str]:
    """Which of "sound", "song" and "effect" the model makes, the usual one first; all when it is not known for sure."""
    if ability is None or ability.guess or not ability.can:
        return list(WORDS_OF_MAKE)
    return list(ability.detail.get("makes") or ["sound"])


def _with_make(request: SoundRequest, ability: Ability | None) -> SoundRequest:
    """The request with what is to be made filled in. BadRequest for what the model does not make, or a bare song."""
    makes = made_by(ability)
    make = request.make or makes[0]
    if make not in makes and ability:
        raise BadRequest(
            f"{ability.model or 'This model'} makes {WORDS_OF_MAKE[makes[0]]}, not {WORDS_OF_MAKE[make]}.",
            f"Choose “{makes[0].capitalize()}”, or use another server.",
            field="make",
            remedy={"field": "make", "value": makes[0]},
        )
    if make == "song" and not (request.instructions or "").strip():
        raise BadRequest("Style is empty: say how the song sounds, such as “warm folk, guitar”.", field="instructions")
    return request if request.make == make else request.model_copy(update={"make": make})


def pictures_alone(request: ChatRequest, ability: Ability | None) -> bool:
    """Whether a chat asks for nothing but pictures of one text, which the pictures' own route makes as well.

    There the seed, the guidance and the number of pictures reach the diffusion model; in a chat of a model with a
    language stage before it they do not, and the seed is the text's.
    """
    if stages_of_chat(ability) != "language and diffusion" or request.modalities != ["image"] or request.extra_args:
        return False
    return len(request.messages) == 1 and _text_of(request.messages[0]) is not None


def as_pictures(request: ChatRequest) -> ImageRequest:
    """The same by the pictures' own route. The request must be `pictures_alone`."""
    fields = ChatRequest.model_fields.items()
    of_pictures = [name for name, info in fields if ui_option(info, "answer") == "image"]
    values = {name: getattr(request, name) for name in ("seed", *of_pictures) if name in ImageRequest.model_fields}
    prompt = _text_of(request.messages[0]) or ""
    return ImageRequest.model_construct(**values, prompt=prompt, n=request.num_outputs_per_prompt or 1)


def seed_is_of_the_text(request: ChatRequest, ability: Ability | None) -> bool:
    """Whether the seed of a chat decides its text and not its pictures."""
    return stages_of_chat(ability) == "language and diffusion" and not pictures_alone(request, ability)


def _text_of(message: dict[str, object]) -> str | None:
    """The words of a message of the user that holds words alone."""
    content = message.get("content")
    if message.get("role") != "user":
        return None
    if isinstance(content, list) and all(isinstance(part, dict) and part.get("type") == "text" for part in content):
        content = "\n".join(str(part.get("text", "")) for part in content)
    return content if isinstance(content, str) and content.strip() else None
