"""Stores in a bucket of an S3 service, as trials need them: copied, looked at and removed."""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flows.stores import bucket_and_prefix
from tests.s3_servers import S3Server
from warehouse.store.bucket_store import BucketStore
from warehouse.store.evidence_store import EvidenceStore, Missing, sha256_of

SIDE_BY_SIDE = 8


class Buckets:
    """Stores below prefixes of one new bucket; each opened by a machine that has no copies of anything."""

    def __init__(self, server: S3Server, scratch: Path, *, object_lock: bool = False) -> None:
        self.name = "S3"
        self._client = server.client()
        self._bucket = server.new_bucket(object_lock=object_lock)
        self._scratch = scratch
        self._bodies = scratch / "bodies"
        self._bodies.mkdir(parents=True)
        self.environment: Mapping[str, str] = server.environment()

    def address(self, name: str) -> str:
        return f"s3://{self._bucket}/{name}"

    @contextmanager
    def opened(self, address: str) -> Iterator[EvidenceStore]:
        cache = Path(tempfile.mkdtemp(dir=self._scratch))
        try:
            yield _Looked(self._client, *bucket_and_prefix(address), cache, self._bodies)
        finally:
            shutil.rmtree(cache, ignore_errors=True)

    def copy(self, address: str, to: str) -> None:
        source, target = (bucket_and_prefix(place)[1] for place in (address, to))

        def one(key: str) -> None:
            place = f"{target}/{key.removeprefix(f'{source}/')}"
            self._client.copy_object(Bucket=self._bucket, Key=place, CopySource={"Bucket": self._bucket, "Key": key})

        # A lock belongs to its holder, not to the store.
        keys = [key for key in self._keys(source) if "/locks/" not in key]
        with ThreadPoolExecutor(SIDE_BY_SIDE) as threads:
            list(threads.map(one, keys))

    def remove(self, address: str) -> None:
        prefix = bucket_and_prefix(address)[1]
        pages = self._client.get_paginator("list_object_versions").paginate(Bucket=self._bucket, Prefix=f"{prefix}/")
        found = [
            {"Key": one["Key"], "VersionId": one["VersionId"]}
            for page in pages
            for one in (*page.get("Versions", ()), *page.get("DeleteMarkers", ()))
        ]
        for begin in range(0, len(found), 1000):
            self._client.delete_objects(Bucket=self._bucket, Delete={"Objects": found[begin : begin + 1000]})

    def _keys(self, prefix: str) -> list[str]:
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=f"{prefix}/")
        return [one["Key"] for page in pages for one in page.get("Contents", ())]


class _Looked(BucketStore):
    """A store at one moment: listed again at each opening; a body is fetched once for all stores that have it."""

    def __init__(self, client: Any, bucket: str, prefix: str, cache: Path, bodies: Path) -> None:
        super().__init__(client, bucket, prefix, cache)
        self._bodies = bodies
        pages = client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=f"{prefix}/")
        self._tags: dict[str, str] = {
            one["Key"].removeprefix(f"{prefix}/"): one["ETag"].strip('"') + f"-{one['Size']}"
            for page in pages
            for one in page.get("Contents", ())
        }

    def exists(self, key: str) -> bool:
        return key in self._tags

    def keys(self, folder: str, after: str = "") -> list[str]:
        return sorted(key for key in self._tags if key.startswith(f"{folder}/") and key > after)

    def read(self, key: str) -> bytes:
        return self._body(key).read_bytes()

    def read_many(self, keys: Sequence[str], *, fresh: bool = False) -> list[bytes]:
        return [self.read(key) for key in keys]

    def sha256(self, key: str) -> str:
        return sha256_of(self._body(key))

    def fetch(self, key: str, destination: Path) -> None:
        shutil.copyfile(self._body(key), destination)

    def _body(self, key: str) -> Path:
        if key not in self._tags:
            raise Missing(key, str(self))
        path = self._bodies / self._tags[key]
        if not path.is_file():
            partial = path.with_name(f"{path.name}.{threading.get_ident()}")
            super().fetch(key, partial)
            os.replace(partial, path)
        return path
