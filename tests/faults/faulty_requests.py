"""Requests to an S3 service, numbered; one of them goes wrong, once or as often as boto3 retries it.

Answers are given, and connections lost, where botocore passes a request to the network; all above that runs unchanged.
"""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch
from urllib.parse import unquote, urlsplit

import botocore.retries.standard
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.exceptions import ConnectionClosedError, ReadTimeoutError

import flows.stores
import warehouse.store.bucket
from tests.faults.faults import (
    CONFLICT,
    DISK_FULL,
    ERROR,
    KILLED_AFTER,
    PRECONDITION_FAILED,
    REQUEST,
    SHORT_READ,
    TIMEOUT,
    TIMEOUT_AFTER,
    UNAVAILABLE,
    Numbered,
    kill,
)

# How often a permanent fault is met: by boto3's own attempts and those of the store above it.
EVERY_TIME = 64
_ANSWERS = {
    PRECONDITION_FAILED: (412, "PreconditionFailed"),
    CONFLICT: (409, "ConditionalRequestConflict"),
    UNAVAILABLE: (503, "SlowDown"),
    # What a service with a quota says; one without a quota never says it.
    DISK_FULL: (403, "QuotaExceeded"),
}


def kinds_of(call: str) -> tuple[str, ...]:
    """The ways a request of this name can fail, in a fixed order."""
    method = call.split(" ", 1)[0]
    kinds = [ERROR, TIMEOUT, TIMEOUT_AFTER, UNAVAILABLE]
    if method == "GET":
        kinds.append(SHORT_READ)
    if method in ("PUT", "POST"):
        kinds += [PRECONDITION_FAILED, CONFLICT, DISK_FULL]
    return tuple(kinds)


@contextmanager
def numbering(numbered: Numbered) -> Iterator[None]:
    """Number the requests of every client that this process creates, and let none wait before a retry."""
    real = flows.stores.s3_client

    def s3_client() -> Any:
        client = real()
        # A client may be handed out more than once; each request is numbered once.
        client.meta.events.register("before-send.s3", _Network(client, numbered), unique_id="numbered")
        return client

    with ExitStack() as stack:
        stack.enter_context(patch.object(flows.stores, "s3_client", s3_client))
        stack.enter_context(
            patch.object(botocore.retries.standard.ExponentialBackoff, "delay_amount", lambda self, context: 0.0)
        )
        stack.enter_context(patch.object(warehouse.store.bucket, "_PAUSE_SECONDS", 0.0))
        yield


class _Network:
    """Placed where requests leave; None lets one pass."""

    def __init__(self, client: Any, numbered: Numbered) -> None:
        self._send: Callable[[AWSPreparedRequest], AWSResponse] = client._endpoint.http_session.send
        self._numbered = numbered
        self._failing: tuple[str, str] | None = None
        self._left = 0
        self._lock = threading.Lock()

    def __call__(self, request: AWSPreparedRequest, **_: Any) -> AWSResponse | None:
        kind = self._numbered.due(REQUEST, _named(request))
        fault = self._numbered.fault
        this = (request.method, request.url)
        with self._lock:
            if kind is not None and fault is not None:
                self._failing, self._left = this, fault.times - 1
            elif self._left and this == self._failing and fault is not None:
                kind, self._left = fault.kind, self._left - 1
        if kind is None:
            return None
        if kind in _ANSWERS:
            return _refusal(request, *_ANSWERS[kind])
        if kind == ERROR:
            raise ConnectionClosedError(endpoint_url=request.url)
        if kind == TIMEOUT:
            raise ReadTimeoutError(endpoint_url=request.url, error=kind)
        answer = self._send(request)
        whole = answer.content
        if kind == KILLED_AFTER:
            kill()
        if kind == TIMEOUT_AFTER:
            raise ReadTimeoutError(endpoint_url=request.url, error=kind)
        assert kind == SHORT_READ
        return AWSResponse(request.url, answer.status_code, answer.headers, _Body(whole[: len(whole) // 2]))


class _Body(io.BytesIO):
    """A body as urllib3 gives it."""

    def stream(self, amount: int = 65536, **_: Any) -> Iterator[bytes]:
        while block := self.read(amount):
            yield block


def _refusal(request: AWSPreparedRequest, status: int, code: str) -> AWSResponse:
    body = f"<?xml version='1.0'?><Error><Code>{code}</Code><Message>As the trial has it.</Message></Error>".encode()
    headers = {"content-type": "application/xml", "content-length": str(len(body))}
    return AWSResponse(request.url, status, headers, _Body(b"" if request.method == "HEAD" else body))


def _named(request: AWSPreparedRequest) -> str:
    """Method, room and query; without hashes, so that two runs name the same request alike."""
    parts = urlsplit(request.url)
    key = unquote(parts.path).strip("/").split("/")[2:]
    asked = [part.split("=")[0] for part in parts.query.split("&") if "=" not in part or part.startswith("uploadId")]
    where = key[0] if key else "/".join(sorted(_prefix(parts.query)))
    return " ".join(part for part in (request.method, where, *asked) if part)


def _prefix(query: str) -> list[str]:
    """The room that a listing asks for."""
    for part in query.split("&"):
        if part.startswith("prefix="):
            return unquote(part.removeprefix("prefix=")).strip("/").split("/")[1:2]
    return []
