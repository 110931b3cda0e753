"""What the Speech tab asks for: one request, or one for each sentence of a long text or turn of a script."""

from typing import ClassVar, Literal

from pydantic import ValidationInfo, field_validator

from omni_ui.client import SpeechRequest, WireCall, batch_call, param
from omni_ui.client.requests.base import JsonObject
from omni_ui.client.requests.speech import MAX_INPUT
from omni_ui.core.files import Json
from omni_ui.features.speech.pieces import Piece, script, sentences

MAX_LONG = 100_000
"""Characters of a long text: about two hours of speech."""


class SpokenText(SpeechRequest):
    """Speaks a text."""

    own: ClassVar[frozenset[str]] = frozenset({"reading", "cast"})

    reading: Literal["whole", "sentences", "script", "live"] = param(
        "whole",
        label="Read",
        help="Long texts are spoken sentence by sentence and joined. A script has lines such as Alice: Hello. "
        "While I type speaks each sentence when it is complete.",
        place="main",
        kind="choice",
        presets=[
            ("In one piece", "whole"),
            ("Sentence by sentence", "sentences"),
            ("As a script with voices", "script"),
            ("While I type", "live"),
        ],
        validate_default=True,
        time="differs",
    )
    cast: JsonObject = param(
        label="Voices of the script",
        help="Who speaks with which voice; the others take the voice below.",
        place="own",
        kind="json",
    )

    @field_validator("input")
    @classmethod
    def _not_too_long(cls, text: str) -> str:
        if len(text) > MAX_LONG:
            raise ValueError(
                f"Text is too long: {len(text):,} characters; the limit is {MAX_LONG:,}. Make a file of each chapter."
            )
        return text

    @field_validator("cast")
    @classmethod
    def _names_and_voices(cls, cast: dict[str, object] | None, info: ValidationInfo) -> dict[str, object] | None:
        if cast and not all(isinstance(voice, str) for voice in cast.values()):
            raise ValueError('must give a voice for each name, such as {"Alice": "vivian"}')
        return cast

    @field_validator("reading")
    @classmethod
    def _can_be_read_so(cls, reading: str, info: ValidationInfo) -> str:
        text = info.data.get("input")
        if text is None:  # that is a problem of its own
            return reading
        if reading == "whole" and len(text) > MAX_INPUT:
            raise ValueError(
                f"Text is too long for one piece: {len(text):,} characters; the limit is "
                f"{MAX_INPUT:,}. Choose “Sentence by sentence” above."
            )
        pieces = pieces_of(text, reading)
        if not pieces:
            raise ValueError("Text has no words to speak.")
        if reading == "script" and not any(piece.speaker for piece in pieces):
            raise ValueError("No line says who speaks: start lines with a name and a colon, such as Alice: Hello.")
        return reading

    def pieces(self) -> list[Piece]:
        """What is spoken one after the other."""
        return pieces_of(self.input, self.reading)

    def voice_of(self, speaker: str) -> str | None:
        """The voice of a speaker, by the cast; the chosen voice for all others."""
        voices = {name.lower(): voice for name, voice in (self.cast or {}).items()}
        return voices.get(speaker.lower()) or self.voice

    def request_for(self, piece: Piece, seed: int | None = None) -> SpeechRequest:
        """What is sent for one piece, as WAV so that the pieces can be joined without loss."""
        values = {name: getattr(self, name) for name in SpeechRequest.model_fields}
        values |= {"input": piece.text, "voice": self.voice_of(piece.speaker), "response_format": "wav"}
        return SpeechRequest.model_construct(**values | {"seed": self.seed if seed is None else seed})

    def payload(self) -> Json:
        return {name: value for name, value in super().payload().items() if name not in self.own}

    def wire(self, model: str | None = None) -> WireCall:
        """One call, or the batch that does the same as the calls of this page. (A batch takes no seeds.)"""
        if self.reading == "whole":
            return super().wire(model)
        return batch_call([self.request_for(piece) for piece in self.pieces()[:32]], model)


def pieces_of(text: str, reading: str) -> list[Piece]:
    """A text in the pieces that are sent, by the way it is read."""
    if reading == "whole":
        return [Piece(text)]
    return script(text) if reading == "script" else sentences(text)
