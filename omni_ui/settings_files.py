"""The settings of the bucket that results are kept in, where they are not kept on this machine's disk."""

import re
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from omni_ui.settings_readers import ROOM_UNITS, Amount, Key, Url, read_amount

ADDRESS = re.compile(
    r"s3://(?P<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?P<prefix>(/[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}){0,8})/?"
)


@dataclass(frozen=True)
class Bucket:
    """An S3-compatible bucket. What is None comes from the usual variables (AWS_ACCESS_KEY_ID and so on).

    room: bytes on this machine's disk for what waits to be uploaded and for copies of what was opened.
    """

    name: str
    prefix: str = ""
    endpoint: str | None = None
    region: str | None = None
    access_key: SecretStr | None = None
    secret_key: SecretStr | None = None
    room: int = 5 * 10**9


def _check_address(value: str | None) -> str | None:
    if value is not None and not ADDRESS.fullmatch(value):
        raise ValueError("must be the address of a bucket such as s3://results or s3://results/omni-ui")
    if value is not None and find_spec("obstore") is None:
        raise ValueError("needs the package obstore: pip install 'omni-ui[cluster]'")
    return value


class FileSettings(BaseSettings):
    """Read as a part of the settings (omni_ui/settings.py)."""

    model_config = SettingsConfigDict(env_prefix="OMNI_", env_ignore_empty=True, extra="ignore")

    files_url: Annotated[str | None, AfterValidator(_check_address)] = Field(
        None,
        description="Keep results in an S3-compatible bucket, s3://bucket/prefix. Needs omni-ui[cluster]. By default "
        "on this machine's disk.",
    )
    files_endpoint: Url = Field(
        None, description="The address of the bucket's server. By default AWS_ENDPOINT_URL, else Amazon's."
    )
    files_region: str | None = Field(None, description="The bucket's region. By default AWS_REGION, else us-east-1.")
    files_access_key: Key = Field(
        None, description="The key for the bucket. By default AWS_ACCESS_KEY_ID, or the machine's own role."
    )
    files_secret_key: Key = Field(None, description="The secret of that key.")
    files_room: Amount = Field(
        "5GB",
        description="The room on this machine's disk for results that wait to be uploaded, and for copies of those "
        "that were opened.",
    )

    @field_validator("files_secret_key")
    @classmethod
    def _has_both(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        if (value is None) != (info.data.get("files_access_key") is None):
            raise ValueError("goes with OMNI_FILES_ACCESS_KEY: set both or none")
        return value

    @property
    def bucket(self) -> Bucket | None:
        """Where results are kept; None is this machine's disk."""
        if not (match := ADDRESS.fullmatch(self.files_url or "")):
            return None
        return Bucket(
            match["bucket"],
            match["prefix"].strip("/"),
            self.files_endpoint,
            self.files_region,
            self.files_access_key,
            self.files_secret_key,
            int(read_amount(self.files_room or "", ROOM_UNITS) or Bucket.room),
        )
