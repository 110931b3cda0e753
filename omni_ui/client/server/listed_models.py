"""The models that a server lists, and what follows from the list, which is the same for many calls."""

from collections.abc import Iterable
from functools import cached_property

from omni_ui.client.gateway.dynamo import loras_of
from omni_ui.client.server.discovery import Ability, ModelInfo, judge


class ListedModels:
    """One answer of a server to GET /v1/models. stated, chosen: as for `judge`."""

    def __init__(self, models: list[ModelInfo], stated: Iterable[str] | None, chosen: str | None) -> None:
        self.models = models
        self._stated = stated
        self._chosen = chosen

    @cached_property
    def bases(self) -> list[ModelInfo]:
        """Those that are no LoRAs of others."""
        loras = loras_of(self.models)
        return [model for model in self.models if model.id not in loras] or self.models

    @cached_property
    def abilities(self) -> dict[str, Ability]:
        """What they can do, by tab, whatever routes the server has."""
        return judge(self.models, (), self._stated, self._chosen)

    @cached_property
    def base_abilities(self) -> dict[str, Ability]:
        """The same of those that are no LoRAs, whichever is chosen."""
        return judge(self.bases, (), self._stated)
