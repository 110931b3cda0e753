"""What one demo server keeps, and which models it says it has."""

from dataclasses import dataclass, field
from pathlib import Path

from fastapi import HTTPException
from starlette.responses import JSONResponse

from omni_ui.demo.engine import Engine
from omni_ui.demo.json_types import Json
from omni_ui.demo.routes.errors import refusal

MODELS = {
    "chat": "demo/talk", "image": "demo/painter", "edit": "demo/editor",
    "speech": "demo/voice", "sound": "demo/sound", "video": "demo/clip",
}  # fmt: skip
ALL = tuple(MODELS)


@dataclass
class Demo:
    """What one app keeps: which modes it serves, its engine, its video jobs and voices, a folder for files."""

    modes: tuple[str, ...]
    engine: Engine
    folder: Path
    task: str | None = None
    aligner: bool = False
    jobs: Json = field(default_factory=dict)
    voices: Json = field(default_factory=dict)

    def model(self, mode: str) -> str:
        """The id that a route checks: its own, or the only one of a server that cannot do its job."""
        return MODELS[mode if mode in self.modes else self.modes[0]]

    @property
    def diffusion(self) -> bool:
        """Whether any stage is a diffusion model."""
        return bool({"image", "edit", "sound", "video"} & set(self.modes))

    @property
    def autoregressive(self) -> bool:
        return bool({"chat", "speech"} & set(self.modes))

    @property
    def makes_pictures(self) -> bool:
        return bool({"image", "edit"} & set(self.modes))

    def not_mine(self, model: str | None, mode: str) -> JSONResponse | None:
        """The answer of the language-model routes to a wrong model."""
        if model in (None, self.model(mode)):
            return None
        return refusal(f"The model `{model}` does not exist.", 404, param="model")

    def check_diffusion(self, model: str | None, mode: str) -> None:
        """The answers of the picture routes to a server without diffusion, and to a wrong model."""
        if not self.diffusion:
            raise HTTPException(503, "No diffusion stage found in multi-stage pipeline.")
        mine = self.model(mode)
        if model is not None and model != mine:
            raise HTTPException(400, f"Model mismatch: request specifies '{model}' but server is running '{mine}'.")
