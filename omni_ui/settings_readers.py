"""Readers of the values of settings: times, amounts, the host's limits, lists. Each refuses with half a sentence."""

import math
import re
from ipaddress import ip_address
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, SecretStr, ValidationError

from omni_ui.client import read_address, read_headers, read_key
from omni_ui.client.tabs import TABS

TIME_UNITS = {"m": 60, "min": 60, "h": 3600, "d": 86400}
"""Seconds."""
ROOM_UNITS = {"mb": 10**6, "gb": 10**9, "tb": 10**12}
"""Bytes."""

PLAIN = {
    "bool_parsing": "must be true or false",
    "int_parsing": "must be a whole number",
    "float_parsing": "must be a number",
}
"""By pydantic's kind of error, where its own words are not plain."""
SECRETS = ("key", "headers", "auth", "token", "database_url")
"""Settings whose names end so are never repeated."""

WHOLE = r"(\d{1,9})"
CAPS = {
    "size": r"(\d{2,5})[x×](\d{2,5})", "steps": WHOLE, "n": WHOLE, "seconds": r"(\d{1,6}(?:\.\d+)?)",
    "frames": WHOLE, "tokens": WHOLE, "text": WHOLE, "runs": WHOLE + r" ?/ ?min",
}  # fmt: skip
"""How the value of each of the host's limits is written."""
CAP_EXAMPLE = "size=1024x1024,steps=30,runs=3/min"


def say_what_is_wrong(wrong: ValidationError) -> str:
    """The first fault of the settings as one sentence for the person who starts the app."""
    error = wrong.errors()[0]
    name = f"OMNI_{str(error['loc'][0]).upper()}"
    message = str(error["msg"]).removeprefix("Value error, ")
    message = message[:1].lower() + message[1:]
    message = PLAIN.get(error["type"]) or message.replace("input should be", "must be")
    value = "" if name.lower().endswith(SECRETS) else f" (it is {error['input']!r})"
    return f"The setting {name} cannot be used: {message}{value}."


def read_amount(text: str, units: dict[str, int]) -> float | None:
    """A number with a unit, such as 7d, in the base unit; None for anything else, and for nothing at all."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?) ?([a-z]+)", text.strip().lower())
    return float(match[1]) * units[match[2]] or None if match and match[2] in units else None


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


def read_loras(text: str | None) -> dict[str, str]:
    """Name to path on the server, of `style=/adapters/style,ink=/adapters/ink`. ValueError with half a sentence."""
    loras: dict[str, str] = {}
    for pair in filter(None, (part.strip() for part in (text or "").split(","))):
        name, path = (part.strip() for part in pair.partition("=")[::2])
        if not (name and path):
            raise ValueError("must name each LoRA with its path on the server, such as style=/adapters/style")
        loras[name] = path
    return loras


def is_loopback(host: str) -> bool:
    """Whether an address to listen on can be reached from this machine alone."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _check_url(value: str | None) -> str | None:
    try:
        if value is not None:
            read_address(value)
    except ValueError:
        raise ValueError("must be an address such as http://host:8091") from None
    return value


def _check_key(value: SecretStr | None) -> SecretStr | None:
    try:
        read_key(value.get_secret_value() if value else None)
    except ValueError:
        raise ValueError("it holds a character that no key can have, such as a line break") from None
    return value


def _check_headers(value: SecretStr | None) -> SecretStr | None:
    read_headers(value.get_secret_value() if value else None)
    return value


def _check_database(value: SecretStr | None) -> SecretStr | None:
    try:
        parts = urlsplit(value.get_secret_value() if value else "postgresql://localhost/omni")
        right = parts.scheme in ("postgresql", "postgres") and parts.path.strip("/") and parts.port != 0
    except ValueError:
        right = False
    if not right or (not parts.netloc and "host=" not in parts.query):
        raise ValueError("must be an address such as postgresql://user:password@host:5432/name")
    return value


def _check_path(value: str) -> str:
    value = value.rstrip("/")
    if value and not value.startswith("/"):
        raise ValueError("must start with a slash, such as /omni")
    return value


def _check_tabs(value: str | None) -> str | None:
    if any(word not in TABS for word in (value or "").replace(",", " ").split()):
        raise ValueError(f"may name {', '.join(TABS)}")
    return value


def _check_loras(value: str | None) -> str | None:
    read_loras(value)
    return value


def _check_accounts(value: SecretStr | None) -> SecretStr | None:
    for pair in (value.get_secret_value() if value else "").split(","):
        name, _, password = pair.strip().partition(":")
        if pair.strip() and not (name.strip() and password):
            raise ValueError("must hold pairs such as alice:password, with commas between them")
    return value


def _check_two_numbers(value: str | None) -> str | None:
    if value is not None and not re.fullmatch(r"[1-9]\d{0,5} ?, ?\d{1,6}", value.strip()):
        raise ValueError("must be two numbers, runs at one time and runs in line, such as 3,10")
    return value


def _check_caps(value: str | None) -> str | None:
    read_caps(value or "")
    return value


def _check_time(value: str | None) -> str | None:
    if value is not None and value.strip().lower() != "never" and not read_amount(value, TIME_UNITS):
        raise ValueError("must be a time such as 24h or 7d, or never")
    return value


def _check_room(value: str | None) -> str | None:
    if value is not None and not read_amount(value, ROOM_UNITS):
        raise ValueError("must be an amount such as 500MB or 20GB")
    return value


def _check_signing_key(value: SecretStr | None) -> SecretStr | None:
    if value is not None and len(value.get_secret_value()) < 16:
        raise ValueError("must have at least 16 characters: take a long random text")
    return value


def _check_process_name(value: str | None) -> str | None:
    if value is not None and not re.fullmatch(r"[A-Za-z0-9-]{1,40}", value):
        raise ValueError("must be a short name of letters, digits and hyphens, such as 1 or page-2")
    return value


Url = Annotated[str | None, AfterValidator(_check_url)]
Key = Annotated[SecretStr | None, AfterValidator(_check_key)]
HeaderPairs = Annotated[SecretStr | None, AfterValidator(_check_headers)]
DatabaseUrl = Annotated[SecretStr | None, AfterValidator(_check_database)]
UrlPath = Annotated[str, AfterValidator(_check_path)]
TabNames = Annotated[str | None, AfterValidator(_check_tabs)]
LoraPaths = Annotated[str | None, AfterValidator(_check_loras)]
AccountPairs = Annotated[SecretStr | None, AfterValidator(_check_accounts)]
TwoNumbers = Annotated[str | None, AfterValidator(_check_two_numbers)]
Caps = Annotated[str | None, AfterValidator(_check_caps)]
Duration = Annotated[str | None, AfterValidator(_check_time)]
Amount = Annotated[str | None, AfterValidator(_check_room)]
SigningKey = Annotated[SecretStr | None, AfterValidator(_check_signing_key)]
ProcessName = Annotated[str | None, AfterValidator(_check_process_name)]
