"""The settings that name vLLM-Omni servers: the common one, and one for each tab."""

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from omni_ui.client.tabs import Tab
from omni_ui.settings_readers import HeaderPairs, Key, Url


class ServerSettings(BaseSettings):
    """The first of the settings (omni_ui/settings.py has the others, and reads them)."""

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

    chat_url: Url = Field(None, description="Another server for the Chat tab.")
    chat_api_key: Key = Field(None, description="Its key.")
    chat_model: str | None = Field(None, description="Its model.")
    image_url: Url = Field(None, description="Another server for the Image tab.")
    image_api_key: Key = Field(None, description="Its key.")
    image_model: str | None = Field(None, description="Its model.")
    edit_url: Url = Field(None, description="Another server for the Edit tab.")
    edit_api_key: Key = Field(None, description="Its key.")
    edit_model: str | None = Field(None, description="Its model.")
    speech_url: Url = Field(None, description="Another server for the Speech tab.")
    speech_api_key: Key = Field(None, description="Its key.")
    speech_model: str | None = Field(None, description="Its model.")
    sound_url: Url = Field(None, description="Another server for the Sound tab.")
    sound_api_key: Key = Field(None, description="Its key.")
    sound_model: str | None = Field(None, description="Its model.")
    video_url: Url = Field(None, description="Another server for the Video tab.")
    video_api_key: Key = Field(None, description="Its key.")
    video_model: str | None = Field(None, description="Its model.")

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
