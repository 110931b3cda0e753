"""The settings: environment variables with the prefix OMNI_. The README's table is made from this file."""

import math
import re
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal, Self

from platformdirs import user_data_path
from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from omni_ui.client import read_address, read_headers, read_key

Tab = Literal["chat", "image", "edit", "speech", "sound", "video"]
TABS: tuple[Tab, ...] = ("chat", "image", "edit", "speech", "sound", "video")

TIME_UNITS = {"m": 60, "min": 60, "h": 3600, "d": 86400}
"""Seconds."""
ROOM_UNITS = {"mb": 10**6, "gb": 10**9, "tb": 10**12}
"""Bytes."""

WHOLE = r"(\d{1,9})"
CAPS = {
    "size": r"(\d{2,5})[x×](\d{2,5})", "steps": WHOLE, "n": WHOLE, "seconds": r"(\d{1,6}(?:\.\d+)?)",
    "frames": WHOLE, "tokens": WHOLE, "text": WHOLE, "runs": WHOLE + r" ?/ ?min",
}  # fmt: skip
"""How the value of each of the host's limits is written."""
CAP_EXAMPLE = "size=1024x1024,steps=30,runs=3/min"

PLAIN = {
    "bool_parsing": "must be true or false",
    "int_parsing": "must be a whole number",
    "float_parsing": "must be a number",
}
"""By pydantic's kind of error, where its own words are not plain."""

Url = Annotated[str | None, Field(default=None)]


class BadSetting(Exception):
    """A setting that cannot be used; the text is one sentence for the person who starts the app."""


class Settings(BaseSettings):
    """All of them, with their defaults. Help texts are the README's."""

    model_config = SettingsConfigDict(env_prefix="OMNI_", env_ignore_empty=True, extra="ignore")

    base_url: str | None = Field(
        None, description="The vLLM-Omni server, such as http://host:8091. Without it a demo server starts."
    )
    api_key: SecretStr | None = Field(None, description="The key for that server. It never reaches the browser.")
    model: str | None = Field(None, description="The model name to send. By default the one that the server lists.")

    headers: SecretStr | None = Field(
        None,
        description="Headers for every call to the servers named here, for gateways: x-team=vision,x-token=abc. "
        "They never reach the browser.",
    )

    chat_url: str | None = Field(None, description="Another server for the Chat tab.")
    chat_api_key: SecretStr | None = Field(None, description="Its key.")
    chat_model: str | None = Field(None, description="Its model.")
    image_url: str | None = Field(None, description="Another server for the Image tab.")
    image_api_key: SecretStr | None = Field(None, description="Its key.")
    image_model: str | None = Field(None, description="Its model.")
    edit_url: str | None = Field(None, description="Another server for the Edit tab.")
    edit_api_key: SecretStr | None = Field(None, description="Its key.")
    edit_model: str | None = Field(None, description="Its model.")
    speech_url: str | None = Field(None, description="Another server for the Speech tab.")
    speech_api_key: SecretStr | None = Field(None, description="Its key.")
    speech_model: str | None = Field(None, description="Its model.")
    sound_url: str | None = Field(None, description="Another server for the Sound tab.")
    sound_api_key: SecretStr | None = Field(None, description="Its key.")
    sound_model: str | None = Field(None, description="Its model.")
    video_url: str | None = Field(None, description="Another server for the Video tab.")
    video_api_key: SecretStr | None = Field(None, description="Its key.")
    video_model: str | None = Field(None, description="Its model.")

    abilities: str | None = Field(
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
    loras: str | None = Field(
        None, description="LoRAs that visitors may choose where JSON is off: style=/adapters/style,ink=/adapters/ink."
    )
    port: int = Field(7860, ge=1, le=65535, description="The port to listen on.")
    root_path: str = Field("", description="The path below which a proxy serves the page, such as /omni.")
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
    retention: str | None = Field(
        None, description="How long results are kept, such as 24h, 7d or never. On a public page 24h, else never."
    )
    max_storage: str | None = Field(
        None,
        description="The room for all results and uploads, such as 500MB or 20GB (on a public page 10GB); "
        "the oldest without a star go first.",
    )
    talk_calls: int = Field(1, ge=0, description="Live calls that one visitor may have at a time; 0 switches Talk off.")
    talk_minutes: float = Field(30, gt=0, description="Minutes that one live call may take.")
    uploads_per_day: str | None = Field(
        None,
        description="How much one visitor may upload in a day, such as 500MB. On a public page 2GB, else any amount.",
    )
    demo_latency: float = Field(0, ge=0, description="Seconds that the demo server waits before it answers.")
    show_server: bool | None = Field(
        None, description="Show the server's address to visitors. On a private machine yes, on a public page no."
    )
    visitor_servers: bool | None = Field(
        None, description="Let visitors enter a server of their own. Private machine yes, public page no."
    )
    max_per_visitor: str | None = Field(
        None,
        description="Runs of one visitor on a server: running, and waiting. On a public page 3,10, else without limit.",
    )
    visitor_hosts: str | None = Field(
        None,
        description="Names, addresses and networks that visitors' own servers may have besides those of the internet: "
        "gpu.lan,10.0.0.0/8. On a private machine that machine itself is one.",
    )
    auth: SecretStr | None = Field(
        None,
        description="Who may sign in: alice:password,bob:scrypt$… (made by python -m omni_ui.features.login.accounts). "
        "Without it there is no login.",
    )
    caps: str | None = Field(
        None,
        description="How far visitors may go: size=1024x1024,steps=30,n=2,seconds=5,frames=81,tokens=1000,text=2000,"
        "runs=3/min. Any of them; the page shows them.",
    )
    space_host: str | None = Field(None, validation_alias="SPACE_HOST", exclude=True)
    space_id: str | None = Field(None, validation_alias="SPACE_ID", exclude=True)

    @field_validator("base_url", *[f"{tab}_url" for tab in TABS])
    @classmethod
    def _is_url(cls, value: str | None) -> str | None:
        try:
            if value is not None:
                read_address(value)
        except ValueError:
            raise ValueError("must be an address such as http://host:8091") from None
        return value

    @field_validator("api_key", *[f"{tab}_api_key" for tab in TABS])
    @classmethod
    def _can_be_sent(cls, value: SecretStr | None) -> SecretStr | None:
        try:
            read_key(value.get_secret_value() if value else None)
        except ValueError:
            raise ValueError("it holds a character that no key can have, such as a line break") from None
        return value

    @field_validator("headers")
    @classmethod
    def _are_headers(cls, value: SecretStr | None) -> SecretStr | None:
        read_headers(value.get_secret_value() if value else None)
        return value

    @field_validator("root_path")
    @classmethod
    def _is_path(cls, value: str) -> str:
        value = value.rstrip("/")
        if value and not value.startswith("/"):
            raise ValueError("must start with a slash, such as /omni")
        return value

    @field_validator("abilities")
    @classmethod
    def _are_tabs(cls, value: str | None) -> str | None:
        unknown = [word for word in (value or "").replace(",", " ").split() if word not in TABS]
        if unknown:
            raise ValueError(f"may name {', '.join(TABS)}")
        return value

    @field_validator("loras")
    @classmethod
    def _are_loras(cls, value: str | None) -> str | None:
        for pair in (value or "").split(","):
            name, _, path = pair.partition("=")
            if pair.strip() and not (name.strip() and path.strip()):
                raise ValueError("must name each LoRA with its path on the server, such as style=/adapters/style")
        return value

    @field_validator("auth")
    @classmethod
    def _are_accounts(cls, value: SecretStr | None) -> SecretStr | None:
        for pair in (value.get_secret_value() if value else "").split(","):
            name, _, password = pair.strip().partition(":")
            if pair.strip() and not (name.strip() and password):
                raise ValueError("must hold pairs such as alice:password, with commas between them")
        return value

    @field_validator("max_per_visitor")
    @classmethod
    def _are_two_numbers(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(r"[1-9]\d{0,5} ?, ?\d{1,6}", value.strip()):
            raise ValueError("must be two numbers, runs at one time and runs in line, such as 3,10")
        return value

    @field_validator("caps")
    @classmethod
    def _are_caps(cls, value: str | None) -> str | None:
        read_caps(value or "")
        return value

    @field_validator("retention")
    @classmethod
    def _is_time(cls, value: str | None) -> str | None:
        if value is not None and value.strip().lower() != "never" and not _number(value, TIME_UNITS):
            raise ValueError("must be a time such as 24h or 7d, or never")
        return value

    @field_validator("max_storage", "uploads_per_day")
    @classmethod
    def _is_room(cls, value: str | None) -> str | None:
        if value is not None and not _number(value, ROOM_UNITS):
            raise ValueError("must be an amount such as 500MB or 20GB")
        return value

    @property
    def keep_seconds(self) -> float | None:
        """How long results are kept, in seconds; None is for ever."""
        return _number(self.retention or ("24h" if self.public else "never"), TIME_UNITS)

    @property
    def room(self) -> int | None:
        """Bytes for all results; None is without a limit."""
        wanted = self.max_storage or ("10GB" if self.public else "")
        return int(_number(wanted, ROOM_UNITS) or 0) or None

    @model_validator(mode="after")
    def _decide_public(self) -> Self:
        """`public` is never None afterwards: on a Space, and where the page listens beyond this machine, it is true."""
        if self.public is None:
            self.public = self.space_id is not None or not _is_loopback(self.listen)
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
        pairs = (pair.split("=", 1) for pair in (self.loras or "").split(",") if pair.strip())
        return {name.strip(): path.strip() for name, path in pairs}

    @property
    def host_names(self) -> list[str]:
        """The names under which the page is served, besides those that always are."""
        names = (self.allowed_hosts or "").replace(",", " ").split()
        return [*names, self.space_host] if self.space_host else names

    @property
    def daily_uploads(self) -> int | None:
        """Bytes that one visitor may upload in a day; None is without a limit."""
        wanted = self.uploads_per_day or ("2GB" if self.public else "")
        return int(_number(wanted, ROOM_UNITS) or 0) or None

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

    def server_for(self, tab: Tab) -> tuple[str | None, str | None, str | None]:
        """Address, key and model for a tab: its own, else the common ones. A tab's own address takes no common key."""
        url: str | None = getattr(self, f"{tab}_url")
        key: SecretStr | None = getattr(self, f"{tab}_api_key")
        model: str | None = getattr(self, f"{tab}_model")
        if url is None:
            url, key, model = self.base_url, key or self.api_key, model or self.model
        return url, key.get_secret_value() if key else None, model


def read_caps(text: str) -> dict[str, float]:
    """Limits such as `size=1024x1024,steps=30,runs=3/min` by name. ValueError with half a sentence."""
    caps: dict[str, float] = {}
    for pair in filter(None, (part.strip().lower() for part in text.split(","))):
        name, _, value = (part.strip() for part in pair.partition("="))
        if name not in CAPS:
            raise ValueError(f"may name {', '.join(CAPS)}")
        match = re.fullmatch(CAPS[name], value)
        numbers = [float(number) for number in match.groups()] if match else []
        if not numbers or not all(numbers):
            raise ValueError(f"must be written like {CAP_EXAMPLE}")
        caps[name] = math.prod(numbers)
    return caps


def _is_loopback(host: str) -> bool:
    """Whether an address to listen on can be reached from this machine alone."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _number(text: str, units: dict[str, int]) -> float | None:
    """A number with a unit, such as 7d, in the base unit; None for anything else, and for nothing at all."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?) ?([a-z]+)", text.strip().lower())
    return float(match[1]) * units[match[2]] or None if match and match[2] in units else None


def load_settings() -> Settings:
    """Reads the environment; a wrong value raises BadSetting with one sentence."""
    try:
        return Settings()
    except ValidationError as wrong:
        one = wrong.errors()[0]
        name = f"OMNI_{str(one['loc'][0]).upper()}"
        message = str(one["msg"]).removeprefix("Value error, ")
        message = message[:1].lower() + message[1:]
        message = PLAIN.get(one["type"]) or message.replace("input should be", "must be")
        secret = name.lower().endswith(("key", "headers", "auth"))
        shown = "" if secret else f" (it is {one['input']!r})"
        raise BadSetting(f"The setting {name} cannot be used: {message}{shown}.") from None
