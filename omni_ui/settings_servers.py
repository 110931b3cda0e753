"""The settings that name vLLM-Omni servers: the common one, and one for each tab."""

from typing import Any, TypeVar

from pydantic import Field, SecretStr, create_model
from pydantic_settings import BaseSettings, SettingsConfigDict

from omni_ui.client.tabs import FACTS, TABS, Tab
from omni_ui.settings_readers import HeaderPairs, Key, Url

SettingsT = TypeVar("SettingsT", bound=BaseSettings)


def with_tabs(settings: type[SettingsT]) -> type[SettingsT]:
    """Adds `<tab>_url`, `<tab>_api_key` and `<tab>_model` for each tab."""
    fields: dict[str, Any] = {}
    for tab, facts in FACTS.items():
        fields[f"{tab}_url"] = Url, Field(None, description=f"Another server for the {facts.title} tab.")
        fields[f"{tab}_api_key"] = Key, Field(None, description="Its key.")
        fields[f"{tab}_model"] = str | None, Field(None, description="Its model.")
    return create_model(settings.__name__, __base__=settings, __module__=settings.__module__, **fields)


@with_tabs
class TabServerSettings(BaseSettings):
    """The common server, and those of the tabs."""

    model_config = SettingsConfigDict(env_prefix="OMNI_", env_ignore_empty=True, extra="ignore")

    base_url: Url = Field(
        None, description="The vLLM-Omni server, such as http://host:8091. Without it a demo server starts."
    )
    api_key: Key = Field(None, description="The key for that server. It never reaches the browser.")
    model: str | None = Field(None, description="The model name to send. By default the one that the server lists.")

    headers: HeaderPairs = Field(
        None,
        description="Headers for every call to the servers named here, for gateways: x-team=vision,x-token=abc. "
        "They never reach the browser.",
    )


class ServerSettings(TabServerSettings):
    """The first of the settings (omni_ui/settings.py has the others, and reads them)."""

    listen_url: Url = Field(
        None, description="A server that transcribes speech, such as Qwen3-ASR. By default Chat's model, if it hears."
    )
    listen_api_key: Key = Field(None, description="Its key.")
    listen_model: str | None = Field(None, description="Its model.")

    def server_for(self, tab: Tab) -> tuple[str | None, str | None, str | None]:
        """Address, key and model for a tab: its own, else the common ones. A tab's own address takes no common key."""
        url: str | None = getattr(self, f"{tab}_url")
        key: SecretStr | None = getattr(self, f"{tab}_api_key")
        model: str | None = getattr(self, f"{tab}_model")
        if url is None:
            url, key, model = self.base_url, key or self.api_key, model or self.model
        return url, key.get_secret_value() if key else None, model

    @property
    def uses_demo(self) -> bool:
        """Whether no server is named: the app starts one of its own."""
        return not any(self.server_for(tab)[0] for tab in TABS)
