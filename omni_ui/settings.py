"""The settings: environment variables with the prefix OMNI_. The README's table is made from this file."""

from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from platformdirs import user_data_path
from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator, model_validator

from omni_ui.client.tabs import TABS, Tab
from omni_ui.settings_files import FileSettings
from omni_ui.settings_readers import (
    CAPS,
    ROOM_UNITS,
    TIME_UNITS,
    AccountPairs,
    Amount,
    Caps,
    DatabaseUrl,
    Duration,
    Key,
    LoraPaths,
    ProcessName,
    SigningKey,
    TabNames,
    TwoNumbers,
    UrlPath,
    is_loopback,
    read_amount,
    read_caps,
    read_loras,
    say_what_is_wrong,
)
from omni_ui.settings_servers import ServerSettings

__all__ = ["CAPS", "TABS", "BadSetting", "Settings", "Tab", "load_settings"]


class BadSetting(Exception):
    """A setting that cannot be used; the text is one sentence for the person who starts the app."""


class Settings(FileSettings, ServerSettings):
    """All of them, with their defaults. Help texts are the README's."""

    abilities: TabNames = Field(
        None, description="What the server at OMNI_BASE_URL can do, when its model's name does not tell: image,edit …"
    )
    host: str | None = Field(None, description="The address to listen on. 127.0.0.1, or 0.0.0.0 on a Space.")
    public: bool | None = Field(
        None,
        description="Whether strangers may reach this page. True where it listens on another address than this "
        "machine's own (127.0.0.1); false in a network that you trust.",
    )
    expert: bool | None = Field(
        None,
        description="Let visitors send fields as JSON, such as LoRA and extra parameters, and addresses that the "
        "server fetches. On a private machine yes, on a public page no.",
    )
    loras: LoraPaths = Field(
        None, description="LoRAs that visitors may choose where JSON is off: style=/adapters/style,ink=/adapters/ink."
    )
    port: int = Field(7860, ge=1, le=65535, description="The port to listen on.")
    root_path: UrlPath = Field("", description="The path below which a proxy serves the page, such as /omni.")
    allowed_hosts: str | None = Field(
        None,
        description="The names under which the page is served, such as omni.example.com,.example.org, or * for any. "
        "Loopback, the address listened on and a Space's own name always are.",
    )
    max_concurrency: int = Field(128, ge=1, description="Runs at one time per server; further ones wait in line.")
    max_grid: int = Field(36, ge=4, description="Runs that one grid of settings may have.")
    timeout: float = Field(1800, gt=0, description="Seconds that one run may take.")
    max_upload_mb: int = Field(200, ge=1, description="The largest file that a visitor may upload, in MB.")
    max_threads: int = Field(400, ge=40, description="Event slots of the page; each open run takes one.")
    data_dir: Path | None = Field(
        None, description="The folder for results and records. By default the user's own; on a Space a temporary one."
    )
    database_url: DatabaseUrl = Field(
        None,
        description="The PostgreSQL database for the records, which several processes may share: "
        "postgresql://user:password@host/name. By default they are in OMNI_DATA_DIR. Needs omni-ui[cluster].",
    )
    retention: Duration = Field(
        None, description="How long results are kept, such as 24h, 7d or never. On a public page 24h, else never."
    )
    max_storage: Amount = Field(
        None,
        description="The room for all results and uploads, such as 500MB or 20GB (on a public page 10GB); "
        "the oldest without a star go first.",
    )
    talk_calls: int = Field(1, ge=0, description="Live calls that one visitor may have at a time; 0 switches Talk off.")
    talk_minutes: float = Field(30, gt=0, description="Minutes that one live call may take.")
    watched_videos: int = Field(
        1, ge=0, description="Videos that one visitor may watch at a time while they are made; 0 switches it off."
    )
    watched_minutes: float = Field(10, gt=0, description="Minutes that making a watched video may take.")
    watched_mb: int = Field(200, ge=1, description="The largest video that is watched while it is made, in MB.")
    uploads_per_day: Amount = Field(
        None,
        description="How much one visitor may upload in a day, such as 500MB. On a public page 2GB, else any amount.",
    )
    mcp: bool = Field(
        False, description="Serve the page's jobs as tools for agents (MCP) at /gradio_api/mcp. Needs omni-ui[mcp]."
    )
    run_log: bool = Field(
        True, description="Print a line of JSON for each run: tab, server, status, seconds, sizes, request id."
    )
    run_log_prompts: bool = Field(False, description="Also log what visitors ask for: prompts, messages and texts.")
    metrics_token: Key = Field(
        None, description="Serve /metrics for Prometheus to whoever sends this token. Needs omni-ui[operating]."
    )
    demo_latency: float = Field(0, ge=0, description="Seconds that the demo server waits before it answers.")
    show_server: bool | None = Field(
        None, description="Show the server's address to visitors. On a private machine yes, on a public page no."
    )
    visitor_servers: bool | None = Field(
        None, description="Let visitors enter a server of their own. Private machine yes, public page no."
    )
    max_per_visitor: TwoNumbers = Field(
        None,
        description="Runs of one visitor on a server: running, and waiting. On a public page 3,10, else without limit.",
    )
    visitor_hosts: str | None = Field(
        None,
        description="Names, addresses and networks that visitors' own servers may have besides those of the internet: "
        "gpu.lan,10.0.0.0/8. On a private machine that machine itself is one.",
    )
    auth: AccountPairs = Field(
        None,
        description="Who may sign in: alice:password,bob:scrypt$… (made by python -m omni_ui.features.login.accounts). "
        "Without it there is no login.",
    )
    secret_key: SigningKey = Field(
        None,
        description="Signs who is signed in, at least 16 characters: the same for all processes of a page. By default "
        "one is made and kept in OMNI_DATA_DIR.",
    )
    process_name: ProcessName = Field(
        None,
        description="A name of this process among several, such as 1. Browsers get it as the cookie omni_process, by "
        "which a proxy knows whom to send them to.",
    )
    caps: Caps = Field(
        None,
        description="How far visitors may go: size=1024x1024,steps=30,n=2,seconds=5,frames=81,tokens=1000,text=2000,"
        "runs=3/min. Any of them; the page shows them.",
    )
    space_host: str | None = Field(None, validation_alias="SPACE_HOST", exclude=True)
    space_id: str | None = Field(None, validation_alias="SPACE_ID", exclude=True)
    oauth_client_id: str | None = Field(None, validation_alias="OAUTH_CLIENT_ID", exclude=True)
    oauth_client_secret: SecretStr | None = Field(None, validation_alias="OAUTH_CLIENT_SECRET", exclude=True)
    openid_provider_url: str | None = Field(None, validation_alias="OPENID_PROVIDER_URL", exclude=True)
    hf_login: bool = Field(
        False,
        description="Let those in who sign in with Hugging Face, on a Space whose front matter has hf_oauth: true.",
    )

    @property
    def keep_seconds(self) -> float | None:
        """How long results are kept, in seconds; None is for ever."""
        return read_amount(self.retention or ("24h" if self.public else "never"), TIME_UNITS)

    @property
    def room(self) -> int | None:
        """Bytes for all results; None is without a limit."""
        wanted = self.max_storage or ("10GB" if self.public else "")
        return int(read_amount(wanted, ROOM_UNITS) or 0) or None

    @field_validator("openid_provider_url")
    @classmethod
    def _is_provider(cls, value: str | None) -> str | None:
        return value.rstrip("/") if value else None

    @field_validator("hf_login")
    @classmethod
    def _has_oauth(cls, value: bool, info: ValidationInfo) -> bool:
        needed = ("oauth_client_id", "oauth_client_secret", "openid_provider_url", "space_host")
        if value and not all(info.data.get(name) for name in needed):
            raise ValueError("needs a Space whose front matter has hf_oauth: true")
        provider = urlsplit(info.data.get("openid_provider_url") or "")
        if value and provider.scheme != "https" and not is_loopback(provider.hostname or ""):
            raise ValueError("needs an OPENID_PROVIDER_URL that begins with https://")
        return value

    @model_validator(mode="after")
    def _decide_public(self) -> Self:
        """`public` is never None afterwards: on a Space, and where the page listens beyond this machine, it is true."""
        if self.public is None:
            self.public = self.space_id is not None or not is_loopback(self.listen)
        return self

    @property
    def expert_fields(self) -> bool:
        """Whether visitors may send fields marked `expert` in the request models."""
        return not self.public if self.expert is None else self.expert

    @property
    def runs_per_visitor(self) -> tuple[int | None, int | None]:
        """Runs of one visitor at one time, and in line; None is without a limit."""
        text = self.max_per_visitor or ("3,10" if self.public else "")
        running, _, waiting = text.partition(",")
        return (int(running), int(waiting)) if text else (None, None)

    @property
    def has_login(self) -> bool:
        """Whether only those who sign in are let in."""
        return bool(self.auth) or self.hf_login

    @property
    def listed_hosts(self) -> list[str]:
        """Names, addresses and networks that visitors may name besides those of the internet."""
        return [entry for entry in (part.strip() for part in (self.visitor_hosts or "").split(",")) if entry]

    @property
    def cap_values(self) -> dict[str, float]:
        """The host's limits by name; "size" in pixels, "runs" a minute."""
        return read_caps(self.caps or "")

    @property
    def named_loras(self) -> dict[str, str]:
        """LoRAs that the host offers: name to path on the server."""
        return read_loras(self.loras)

    @property
    def host_names(self) -> list[str]:
        """The names under which the page is served, besides those that always are."""
        names = (self.allowed_hosts or "").replace(",", " ").split()
        return [*names, self.space_host] if self.space_host else names

    @property
    def daily_uploads(self) -> int | None:
        """Bytes that one visitor may upload in a day; None is without a limit."""
        wanted = self.uploads_per_day or ("2GB" if self.public else "")
        return int(read_amount(wanted, ROOM_UNITS) or 0) or None

    @property
    def cache_seconds(self) -> float:
        """How long files stay that no open page uses."""
        return 3600.0 if self.public else 86_400.0

    @property
    def listen(self) -> str:
        """The address to listen on."""
        return self.host or ("0.0.0.0" if self.space_id is not None else "127.0.0.1")

    @property
    def addresses_shown(self) -> bool:
        return not self.public if self.show_server is None else self.show_server

    @property
    def own_servers_allowed(self) -> bool:
        return not self.public if self.visitor_servers is None else self.visitor_servers

    @property
    def data_folder(self) -> Path | None:
        """Where results are kept; None is a temporary folder that goes with the app."""
        if self.data_dir:
            return self.data_dir.expanduser().absolute()
        return None if self.space_id is not None else user_data_path("omni-ui", appauthor=False)


def load_settings() -> Settings:
    """Reads the environment; a wrong value raises BadSetting with one sentence."""
    try:
        return Settings()
    except ValidationError as wrong:
        raise BadSetting(say_what_is_wrong(wrong)) from None
