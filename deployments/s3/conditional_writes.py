"""Tests whether a bucket keeps the promise the store relies on: when many write a key at once, one succeeds."""

from __future__ import annotations

import secrets
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

WRITERS = 8
ROUNDS = 3
_LOST = frozenset({409, 412})


@dataclass(frozen=True, slots=True)
class Tried:
    """The result.

    Attributes:
        is_refused_again: a second put with `If-None-Match: *` was refused.
        winners: how many of `WRITERS` writers at once were told that they wrote, in each round.
        is_first_version_known: if several were told so, the versions are listed in the same order each time, and the
            first one can be read.
    """

    is_refused_again: bool
    winners: tuple[int, ...]
    is_first_version_known: bool

    @property
    def is_exact(self) -> bool:
        """The service itself lets exactly one write."""
        return self.is_refused_again and set(self.winners) == {1}


def try_conditional_writes(client: Any, bucket: str, folder: str) -> Tried:
    """Write a few small files below `folder` (which ends with a slash) under a condition, and delete them again.

    Raises:
        ClientError: this account may not write there, or the service fails.
    """
    run = f"{folder}{secrets.token_hex(8)}"
    keys = [f"{run}-{number}" for number in range(ROUNDS)]
    try:
        _put(client, bucket, run)
        is_refused_again = not _put(client, bucket, run)
        with ThreadPoolExecutor(WRITERS) as threads:
            winners = tuple(_race(client, bucket, key, threads) for key in keys)
        is_first_version_known = all(_first_version_is_known(client, bucket, key) for key in (run, *keys))
        return Tried(is_refused_again, winners, is_first_version_known)
    finally:
        for key in (run, *keys):
            with suppress(ClientError):
                client.delete_object(Bucket=bucket, Key=key)


def _race(client: Any, bucket: str, key: str, threads: ThreadPoolExecutor) -> int:
    barrier = threading.Barrier(WRITERS)

    def write(writer: int) -> bool:
        barrier.wait()
        return _put(client, bucket, key, str(writer).encode())

    return sum(threads.map(write, range(WRITERS)))


def _put(client: Any, bucket: str, key: str, content: bytes = b"tried") -> bool:
    """Whether the service reports that this call wrote the key."""
    try:
        client.put_object(Bucket=bucket, Key=key, Body=content, IfNoneMatch="*")
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] in _LOST:
            return False
        raise
    return True


def _first_version_is_known(client: Any, bucket: str, key: str) -> bool:
    try:
        listings = [_versions(client, bucket, key) for _ in range(2)]
        if not listings[0] or listings[0] != listings[1]:
            return False
        client.get_object(Bucket=bucket, Key=key, VersionId=listings[0][-1])["Body"].read()
    except ClientError:
        return False
    return True


def _versions(client: Any, bucket: str, key: str) -> list[str]:
    """The versions of one key, newest first, as every service lists them."""
    found = client.list_object_versions(Bucket=bucket, Prefix=key).get("Versions", ())
    return [one["VersionId"] for one in found if one["Key"] == key]
