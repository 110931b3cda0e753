"""See tests/wire_fields/__init__.py."""

import sys

import httpx

from tests.contract.places import NEWEST
from tests.wire_fields import PAGE, page, write_fields

if len(sys.argv) > 1:
    address = sys.argv[1].rstrip("/")
    version = httpx.get(f"{address}/version").json()["version"]
    if version != NEWEST:
        raise SystemExit(f"{address} is a server of {version}, and the newest that is tried here is {NEWEST}.")
    write_fields(version, httpx.get(f"{address}/openapi.json").json())
PAGE.write_text(page())
