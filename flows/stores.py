"""Opens the place a setting names: a folder on this machine, or a bucket of an S3 service.

boto3 itself reads what it needs (credentials, region, the address of a service other than Amazon's) from its own
standard places: AWS_PROFILE, AWS_ENDPOINT_URL_S3, AWS_CA_BUNDLE, ~/.aws/config and the rest.
"""

from __future__ import annotations

import functools
import hashlib
import os
import re
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from flows.settings import Settings
from warehouse.problem import Problem
from warehouse.store.evidence_store import EvidenceStore
from warehouse.store.local_folder import LocalFolder

BUCKET = "s3://"
_READ_BY_BOTO3 = re.compile(r"AWS_|BOTO|HOME$|(HTTP|HTTPS|ALL|NO)_PROXY$|REQUESTS_CA_BUNDLE$|SSL", re.IGNORECASE)


def open_store(settings: Settings) -> EvidenceStore:
    """The evidence store that `store` names.

    Raises:
        Problem: none is named, or its address cannot be understood.
    """
    named = settings.store_named()
    if not is_bucket(named):
        return LocalFolder(Path(named))
    from warehouse.store.bucket_store import BucketStore

    bucket, prefix = bucket_and_prefix(named)
    return BucketStore(s3_client(), bucket, prefix, cache_folder(settings))


def cache_folder(settings: Settings, environment: Mapping[str, str] = os.environ) -> Path:
    """The folder of this machine's copies of files in a bucket."""
    if settings.cache:
        return Path(settings.cache)
    return Path(environment.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "daytwo"


def is_bucket(place: str) -> bool:
    """Whether a place is the address of a bucket, not a folder."""
    return place.startswith(BUCKET)


def bucket_and_prefix(address: str) -> tuple[str, str]:
    """The bucket and the prefix (without slashes at its ends) of `s3://bucket/prefix`.

    Raises:
        Problem: it names no bucket.
    """
    bucket, _, prefix = address.removeprefix(BUCKET).partition("/")
    if not bucket:
        fix = "Give s3://bucket or s3://bucket/prefix."
        raise Problem("This is not the address of a bucket.", where=address, fix=fix)
    return bucket, prefix.strip("/")


def s3_client(environment: Mapping[str, str] = os.environ) -> Any:
    """A client for the S3 service and account that this process names; safe to share between threads.

    boto3 takes a quarter of a second to create a client, so the last one is used again until anything that decides its
    account changes. Then a new one is created: no client ever acts for an account it was not created for.

    Args:
        environment: this process's. boto3 itself reads it when it creates a client; read here to see whether it has
            changed.
    """
    return _client(_account(environment))


def _account(environment: Mapping[str, str]) -> str:
    """SHA-256 of everything that decides a client's service and account, and how it connects; it reveals no secret.

    That is the variables that boto3 and its libraries read, and its two files (by path, size and time).
    """
    said: list[object] = [pair for pair in sorted(environment.items()) if _READ_BY_BOTO3.match(pair[0])]
    home = Path(environment.get("HOME") or Path.home())
    for variable, usual in (("AWS_CONFIG_FILE", "config"), ("AWS_SHARED_CREDENTIALS_FILE", "credentials")):
        named = environment.get(variable)
        file = Path(named).expanduser() if named else home / ".aws" / usual
        with suppress(OSError):
            there = file.stat()
            said.append((variable, str(file), there.st_size, there.st_mtime_ns))
    return hashlib.sha256(repr(said).encode()).hexdigest()


@functools.lru_cache(maxsize=1)
def _client(account: str) -> Any:
    """A new client, kept until another account is asked for."""
    import boto3
    from botocore.config import Config

    # A session of its own: boto3's default one remembers the first account of a process.
    return boto3.Session().client(
        "s3",
        config=Config(
            retries={"mode": "standard", "max_attempts": 4},
            connect_timeout=10,
            read_timeout=60,
            max_pool_connections=16,
            # The body's SHA-256 is signed, so every service checks it; not every service knows newer checksums.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            s3={"payload_signing_enabled": True},
        ),
    )


def absolute(place: str) -> str:
    """A folder as an absolute path; the address of a bucket, or an empty text, unchanged."""
    return place if not place or is_bucket(place) else str(Path(place).absolute())
