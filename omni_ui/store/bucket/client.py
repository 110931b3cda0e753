"""Calls to an S3-compatible bucket, in constant memory and with errors in words.

obstore (Apache's object_store in Rust) rather than s3fs: one package of 16 MB without dependencies against fsspec,
aiobotocore and botocore; its work is done off the event loop; the parts of an upload are sent in a set number at one
time; it keeps to Amazon's chain of keys.
"""

import asyncio
import logging
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from omni_ui.settings_files import Bucket
from omni_ui.store.database import StoreFailed

if TYPE_CHECKING:
    from obstore.store import S3Config

log = logging.getLogger(__name__)
PART = 5 * 1024 * 1024
"""Bytes of a part of an upload, the least that S3 takes; they are sent one after the other (two at one time take 17 MB
more)."""
TRIAL = 5.0
"""Seconds after which a small call that is not answered has failed."""
AWAY = "The bucket for results cannot be reached. New results wait on this machine until it answers."
REFUSED = (
    "The bucket for results refuses its key, so new results wait on this machine: the host has to check "
    "OMNI_FILES_ACCESS_KEY and what that key may do."
)
NO_BUCKET = (
    "The bucket for results does not exist, so new results wait on this machine: the host has to "
    "create it, or set OMNI_FILES_URL to another one."
)


class BucketFailed(StoreFailed):
    """The bucket cannot do what was asked. A missing object is no trouble."""


class BucketClient:
    """Names are those of kept files, checked before. Every call raises BucketFailed and nothing else.

    on_trouble: called when a call has failed.
    """

    def __init__(self, bucket: Bucket, on_trouble: Callable[[], None]) -> None:
        import obstore  # 16 MB, and most hosts keep results on a disk
        from obstore.store import S3Store

        self.problem = ""
        """The sentence of the last call when it failed; "" when the bucket answers."""
        self._on_trouble = on_trouble
        self._obstore = obstore
        self._store = S3Store(
            bucket.name,
            prefix=bucket.prefix or None,
            client_options={
                "allow_http": _endpoint(bucket).startswith("http://"),
                "connect_timeout": timedelta(seconds=3),
                "timeout": timedelta(seconds=20),
            },
            retry_config={"max_retries": 2, "retry_timeout": timedelta(seconds=10)},
            config=_config(bucket),
        )

    async def put(self, name: str, source: Path | bytes) -> None:
        """Uploads a file or bytes, whole or not at all."""
        with self._in_words(writing=True):
            try:
                await self._obstore.put_async(self._store, name, source, chunk_size=PART, max_concurrency=1)
            except FileNotFoundError as wrong:
                if isinstance(source, Path) and not await asyncio.to_thread(source.exists):
                    return  # deleted, or uploaded by another process
                raise BucketFailed(NO_BUCKET) from wrong

    async def try_writing(self, name: str) -> None:
        """Writes and deletes an object."""
        with self._in_words(writing=True):
            async with asyncio.timeout(TRIAL):
                try:
                    await self._obstore.put_async(self._store, name, b"1")
                    await self._obstore.delete_async(self._store, [name])
                except FileNotFoundError as wrong:
                    raise BucketFailed(NO_BUCKET) from wrong

    async def size(self, name: str) -> int | None:
        """Bytes of an object; None when there is none."""
        with self._in_words():
            try:
                async with asyncio.timeout(TRIAL):
                    meta = await self._obstore.head_async(self._store, name)
            except FileNotFoundError:
                return None
        return int(meta["size"])

    async def read(self, name: str, start: int, end: int) -> bytes:
        """The bytes from `start` up to `end`; b"" when there is no such object any more."""
        with self._in_words():
            try:
                return bytes(await self._obstore.get_range_async(self._store, name, start=start, end=end))
            except FileNotFoundError:
                return b""

    async def copy(self, name: str, copy: str) -> bool:
        """Copies an object within the bucket; False when there is none of this name."""
        with self._in_words(writing=True):
            try:
                await self._obstore.copy_async(self._store, name, copy)
            except FileNotFoundError:
                return False
        return True

    async def delete(self, names: Sequence[str]) -> None:
        """Deletes objects; one that is gone already is no error."""
        with self._in_words(writing=True):
            try:
                await self._obstore.delete_async(self._store, list(names))
            except FileNotFoundError as wrong:
                raise BucketFailed(NO_BUCKET) from wrong

    @contextmanager
    def _in_words(self, *, writing: bool = False) -> Iterator[None]:
        """A block whose errors of obstore come out as BucketFailed; keeps in mind whether the bucket answers.

        Reading that works does not make good that writing was refused.
        """
        from obstore.exceptions import BaseError, PermissionDeniedError, UnauthenticatedError

        try:
            yield
        except BucketFailed as problem:
            raise self._noted(problem.sentence, problem) from problem.__cause__
        except (PermissionDeniedError, UnauthenticatedError) as wrong:
            raise self._noted(REFUSED, wrong) from wrong
        except (BaseError, OSError) as wrong:  # TimeoutError is one
            raise self._noted(REFUSED if "AccessDenied" in str(wrong) else AWAY, wrong) from wrong
        else:
            if self.problem and (writing or self.problem == AWAY):
                log.warning("The bucket for results answers again.")
                self.problem = ""

    def _noted(self, sentence: str, wrong: Exception) -> BucketFailed:
        """The library's own words are for the host: they hold the address and the answer's status, and no key."""
        if sentence != self.problem:
            log.warning("%s (%s)", sentence, str(wrong).split("\n", 1)[0][:300])
        self.problem = sentence
        self._on_trouble()
        return BucketFailed(sentence)


def _endpoint(bucket: Bucket) -> str:
    """The address of the bucket's server; "" is Amazon's own."""
    names = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT")
    return bucket.endpoint or next(filter(None, map(os.environ.get, names)), "")


def _config(bucket: Bucket) -> "S3Config":
    """Only what was set: all else is read from the usual variables."""
    config: S3Config = {}
    if bucket.endpoint:
        config["endpoint"] = bucket.endpoint
    if bucket.region:
        config["region"] = bucket.region
    if bucket.access_key and bucket.secret_key:
        config["access_key_id"] = bucket.access_key.get_secret_value()
        config["secret_access_key"] = bucket.secret_key.get_secret_value()
    return config
