"""Making and checking the bucket, on an emulated service that knows what Ceph's gateway does not.

On a real one: tests/integration/test_bucket_set_up.py
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse

from deployments.s3.policy import Accounts
from deployments.s3.set_up import BucketSetUp, Line, main
from tests.every_bucket import Body, Raw
from tests.s3_servers import S3Server

ROLE = "arn:aws:iam::123456789012:role"
WRITER = Accounts(writers=(f"{ROLE}/daytwo",), custodians=(f"{ROLE}/custodian",))
KEY = "arn:aws:kms:eu-west-2:123456789012:key/0f2b"


@pytest.fixture
def bucket(moto_service: S3Server) -> BucketSetUp:
    """One that does not exist yet."""
    return BucketSetUp(moto_service.client(), f"daytwo-{uuid.uuid4().hex[:12]}", "council", WRITER, for_amazon=True)


def said(lines: list[Line], what: str) -> Line:
    (line,) = (line for line in lines if line.what.startswith(what))
    return line


def test_everything_is_made_and_the_second_time_is_there(bucket: BucketSetUp) -> None:
    first, second = (bucket.set_up(only_look=False) for _ in range(2))
    # Versioning and Object Lock come with the bucket; TLS the emulator has not. Conditional writes it was not made for.
    made = ["done", "in place", "in place", "done", "left out", "done", "done", "done"]
    assert [line.outcome for line in first[:8]] == made
    assert {line.outcome for line in second[:8]} == {"in place", "left out"}
    assert first[8].what.startswith("conditional writes")
    client, name = bucket.client, bucket.bucket
    blocked = client.get_public_access_block(Bucket=name)["PublicAccessBlockConfiguration"]
    assert set(blocked.values()) == {True}
    rules = client.get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"]["Rules"]
    assert [rule["ApplyServerSideEncryptionByDefault"] for rule in rules] == [{"SSEAlgorithm": "AES256"}]


def test_a_key_of_the_councils_own_is_set_and_not_taken_away_by_a_run_without_it(bucket: BucketSetUp) -> None:
    bucket.set_up(only_look=False)
    keyed = replace(bucket, kms_key=KEY)
    assert said(keyed.set_up(only_look=True), "encryption").outcome == "missing"
    assert said(keyed.set_up(only_look=False), "encryption").outcome == "done"
    assert said(bucket.set_up(only_look=False), "encryption").outcome == "in place"
    rules = bucket.client.get_bucket_encryption(Bucket=bucket.bucket)["ServerSideEncryptionConfiguration"]["Rules"]
    assert rules[0]["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": KEY}


def test_a_service_that_says_done_and_does_nothing_is_found_out(bucket: BucketSetUp) -> None:
    bucket.client.create_bucket(Bucket=bucket.bucket)

    def nod(request: Any, **_: Any) -> AWSResponse:
        return AWSResponse(request.url, 200, {}, Body(b""))

    with Raw(bucket.client, bucket.bucket, "").told("before-send.s3.PutBucketVersioning", nod):
        line = said(bucket.set_up(only_look=False), "versioning")
    assert (line.outcome, line.is_fatal) == ("ignored", True)


def test_no_account_leaves_the_policy_alone(bucket: BucketSetUp) -> None:
    bucket.set_up(only_look=False)
    before = bucket.client.get_bucket_policy(Bucket=bucket.bucket)["Policy"]
    nobody = replace(bucket, accounts=Accounts())
    assert said(nobody.set_up(only_look=False), "the bucket's policy").outcome == "left out"
    assert bucket.client.get_bucket_policy(Bucket=bucket.bucket)["Policy"] == before


def test_without_a_custodian_it_says_what_that_means(bucket: BucketSetUp) -> None:
    lines = replace(bucket, accounts=Accounts(writers=WRITER.writers)).set_up(only_look=False)
    assert said(lines, "No custodian is named").outcome == "note"


@pytest.fixture
def somewhere(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """An account that asks nobody anything."""
    for name, value in S3Server("https://s3.eu-west-2.amazonaws.com", "key", "secret").environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("boto3.DEFAULT_SESSION", None)
    return monkeypatch


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    assert main(["s3://evidence/council", "--print", *arguments]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def names(policy: dict[str, Any]) -> set[str]:
    return {one["Sid"].removeprefix("DaytwoCouncil") for one in policy["policy"]["Statement"]}


@pytest.mark.usefixtures("somewhere")
def test_for_amazon_requests_without_tls_and_entries_put_without_condition_are_denied(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert {"TlsOnly", "LedgerIsAppended"} <= names(printed(capsys, "--writer", f"{ROLE}/daytwo"))


def test_for_another_service_without_tls_they_are_left_out(
    somewhere: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    somewhere.setenv("AWS_ENDPOINT_URL_S3", "http://storage.example:7480")
    found = names(printed(capsys, "--writer", f"{ROLE}/daytwo"))
    assert not {"TlsOnly", "LedgerIsAppended"} & found
    assert "LedgerStays" in found
    assert "LedgerIsAppended" in names(printed(capsys, "--writer", f"{ROLE}/daytwo", "--service", "amazon"))


@pytest.mark.usefixtures("somewhere")
@pytest.mark.parametrize("address", ["council", "/srv/daytwo", "s3://", "https://bucket"])
def test_what_is_no_address_of_a_bucket_is_refused(address: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([address, "--print"]) == 1
    assert "not the address of a bucket" in capsys.readouterr().err
