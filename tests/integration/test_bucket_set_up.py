"""The bucket made for real on Ceph's gateway, and what each account can then do in it.

Not known to the gateway, and so not tried here: encryption by default, the public access block, TLS, and the conditions
`s3:object-lock-legal-hold`, `s3:object-lock-mode` and `s3:if-none-match` of the policy (docs/s3.md).
"""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from deployments.s3.set_up import main
from tests.s3_servers import S3Server

pytestmark = pytest.mark.integration
ACCOUNTS = ("writer", "analyst", "named-reader", "releaser", "custodian")
GENERAL, RESTRICTED = "published/warehouse.duckdb", "published/warehouse_restricted.duckdb"
ENTRY, PACK, EXTRACT = "ledger/000000000001.json", "packs/slac_2009/one.zip", f"extracts/{'0' * 64}"
ABORTED = "AbortIncompleteMultipartUpload"
BUILD = f"builds/{'0' * 64}.duckdb"


@dataclass(frozen=True)
class Printed:
    """What the command said."""

    code: int
    text: str
    problem: str

    def outcomes(self) -> dict[str, str]:
        """The outcome for each thing, by the beginning of its name."""
        lines = (line[2:] for line in self.text.splitlines() if line.startswith("  "))
        return {re.split(r"[,:(]", line[10:])[0].strip(): line[:10].strip() for line in lines}


Run = Callable[..., Printed]


@pytest.fixture
def run(
    gateway: S3Server, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Printed]:
    """The command, as one account of the gateway."""

    def run_it(*arguments: str, account: S3Server = gateway) -> Printed:
        for name, value in account.environment().items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr("boto3.DEFAULT_SESSION", None)  # it remembers the account that was first
        code = main(arguments)
        captured = capsys.readouterr()
        return Printed(code, captured.out, captured.err)

    return run_it


@dataclass(frozen=True)
class Council:
    """A bucket set up for a store below `council/`, a file in each room, and the accounts that use it."""

    bucket: str
    owner: S3Server
    accounts: dict[str, S3Server]

    def do(self, account: str, operation: str, key: str = "", **arguments: Any) -> Any:
        server = self.owner if account == "owner" else self.accounts[account]
        named = {"Key": f"council/{key}"} if key else {}
        return getattr(server.client(), operation)(Bucket=self.bucket, **named, **arguments)

    def refuses(self, account: str, operation: str, key: str = "", **arguments: Any) -> bool:
        try:
            self.do(account, operation, key, **arguments)
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] == 403:
                return True
            raise
        return False

    def version(self, key: str) -> str:
        found = self.do("owner", "list_object_versions", Prefix=f"council/{key}")["Versions"]
        return str(found[0]["VersionId"])


def who(accounts: dict[str, S3Server]) -> list[str]:
    return [part for name, one in accounts.items() for part in (f"--{name}", f"arn:aws:iam:::user/{one.access_key}")]


@pytest.fixture
def name(gateway: S3Server) -> Iterator[str]:
    """The test's own bucket name. Its lifecycle is removed afterwards: the gateway goes through every one of them."""
    own = f"daytwo-{uuid.uuid4().hex[:12]}"
    yield own
    with suppress(ClientError):
        gateway.client().delete_bucket_lifecycle(Bucket=own)


@pytest.fixture(scope="module")
def accounts(gateway: S3Server) -> dict[str, S3Server]:
    return {name: gateway.new_user(f"s3-{name}") for name in ACCOUNTS}


@pytest.fixture
def council(name: str, gateway: S3Server, accounts: dict[str, S3Server], run: Run) -> Council:
    made = Council(name, gateway, accounts)
    assert run(f"s3://{made.bucket}/council", *who(accounts)).code == 0
    for key in (GENERAL, RESTRICTED, ENTRY, PACK, EXTRACT, BUILD):
        made.do("writer", "put_object", key, Body=b"as it was")
    return made


def test_a_bucket_is_made_and_the_second_time_nothing_is_changed(
    name: str, accounts: dict[str, S3Server], run: Run
) -> None:
    address = f"s3://{name}/council"
    first, second = (run(address, *who(accounts)) for _ in range(2))
    assert (first.code, second.code) == (0, 0)
    assert first.text.endswith(f"Ready: DAYTWO_STORE={address}\n")
    made = {"the bucket": "done", "versioning": "in place", "Object Lock": "in place", "the bucket's policy": "done"}
    assert made | {"what is deleted": "done"} == {
        name: outcome for name, outcome in first.outcomes().items() if outcome in ("done", "in place")
    }
    assert "done" not in second.outcomes().values()
    assert {name for name, outcome in second.outcomes().items() if outcome == "in place"} == {*made, "what is deleted"}


def test_what_the_gateway_does_not_do_is_said(name: str, accounts: dict[str, S3Server], run: Run) -> None:
    said = run(f"s3://{name}", *who(accounts)).outcomes()
    assert said["encryption by default"] == "refused"
    assert said["conditional writes"] == "ignored"
    assert said["requests over TLS only"] == said["the public access block"] == "left out"


def test_a_plain_bucket_is_only_looked_at_and_then_given_versions(name: str, gateway: S3Server, run: Run) -> None:
    bucket = gateway.new_bucket(name=name)
    looked = run(f"s3://{bucket}", "--check")
    assert looked.code == 1
    assert looked.outcomes()["versioning"] == looked.outcomes()["Object Lock"] == "missing"
    assert looked.outcomes()["conditional writes"] == "in place", "one of eight, where no versions are kept"
    assert "Status" not in gateway.client().get_bucket_versioning(Bucket=bucket)
    done = run(f"s3://{bucket}").outcomes()
    assert (done["versioning"], done["Object Lock"], done["what is deleted"]) == ("done", "refused", "done")
    assert run(f"s3://{bucket}").outcomes()["what is deleted"] == "in place"


def test_what_is_not_there_is_not_made_by_a_look(name: str, gateway: S3Server, run: Run) -> None:
    assert run(f"s3://{name}", "--check").code == 1
    assert name not in {one["Name"] for one in gateway.client().list_buckets()["Buckets"]}


def test_trying_conditional_writes_leaves_no_file(name: str, gateway: S3Server, run: Run) -> None:
    bucket = gateway.new_bucket(versioning=True, name=name)
    run(f"s3://{bucket}/council")
    assert gateway.client().list_objects_v2(Bucket=bucket)["KeyCount"] == 0


def test_the_writer_can_check_with_an_account_of_its_own(council: Council, run: Run) -> None:
    checked = run(f"s3://{council.bucket}/council", "--check", account=council.accounts["writer"])
    assert checked.code == 0
    assert checked.outcomes()["versioning"] == checked.outcomes()["Object Lock"] == "in place"
    assert checked.outcomes()["what is deleted"] == "not seen"


def test_an_account_without_rights_is_told_so(council: Council, run: Run) -> None:
    checked = run(f"s3://{council.bucket}/council", "--check", account=council.accounts["analyst"])
    assert checked.code == 1
    assert checked.outcomes() == {"the bucket": "refused"}


def test_a_service_that_does_not_answer_is_named(gateway: S3Server, run: Run) -> None:
    asked = run("s3://evidence", account=replace(gateway, endpoint="http://127.0.0.1:9"))
    assert asked.code == 1
    assert "did not answer" in asked.problem
    assert gateway.secret_key not in asked.problem


READS = [
    ("analyst", GENERAL, True),
    ("analyst", RESTRICTED, False),
    ("analyst", ENTRY, False),
    ("analyst", EXTRACT, False),
    ("analyst", BUILD, False),
    ("named-reader", GENERAL, True),
    ("named-reader", RESTRICTED, True),
    ("named-reader", PACK, False),
    ("named-reader", ENTRY, False),
    ("releaser", PACK, True),
    ("releaser", ENTRY, True),
    ("releaser", RESTRICTED, False),
    ("releaser", EXTRACT, False),
    *(("writer", key, True) for key in (GENERAL, RESTRICTED, ENTRY, PACK, EXTRACT, BUILD)),
    ("custodian", EXTRACT, True),
]


def test_each_account_reads_what_it_is_for_and_no_more(council: Council) -> None:
    seen = [(account, key, not council.refuses(account, "get_object", key)) for account, key, _ in READS]
    assert seen == READS
    assert council.refuses("analyst", "list_objects_v2")
    assert council.refuses("named-reader", "list_objects_v2")


def test_each_account_writes_what_it_is_for_and_no_more(council: Council) -> None:
    for account in ("analyst", "named-reader"):
        assert council.refuses(account, "put_object", GENERAL, Body=b"forged")
        assert council.refuses(account, "delete_object", GENERAL)
    assert council.refuses("releaser", "put_object", "packs/slac_2009/two.zip", Body=b"forged")
    assert not council.refuses("releaser", "put_object", "ledger/000000000002.json", Body=b"released")
    for key, is_refused in ((EXTRACT, False), (BUILD, False), (PACK, False), (GENERAL, True), (ENTRY, True)):
        assert council.refuses("writer", "delete_object", key) == is_refused, key
    client = council.accounts["writer"].client()
    with pytest.raises(ClientError, match="AccessDenied"):
        client.put_object(Bucket=council.bucket, Key="beside/the/store", Body=b"")


def test_nobody_deletes_from_the_ledger_not_even_the_buckets_owner(council: Council) -> None:
    for account in ("owner", "custodian", "writer", "releaser"):
        assert council.refuses(account, "delete_object", ENTRY), account
        assert council.refuses(account, "delete_object", ENTRY, VersionId=council.version(ENTRY)), account
    assert council.do("writer", "get_object", ENTRY)["Body"].read() == b"as it was"


def test_a_version_that_is_kept_is_erased_by_the_custodian_alone(council: Council) -> None:
    council.do("writer", "delete_object", EXTRACT)
    version = council.version(EXTRACT)
    for account in ("owner", "writer", "releaser"):
        assert council.refuses(account, "delete_object", EXTRACT, VersionId=version), account
    council.do("custodian", "delete_object", EXTRACT, VersionId=version)
    with pytest.raises(ClientError, match=r"NoSuchKey|NoSuchVersion|404"):
        council.do("owner", "get_object", EXTRACT, VersionId=version)


def test_a_lock_is_set_by_the_writer_and_taken_off_by_the_custodian_alone(council: Council) -> None:
    version = council.version(PACK)
    soon, later = (datetime.now(UTC).replace(microsecond=0) + timedelta(days=days) for days in (1, 30))
    council.do("writer", "put_object_retention", PACK, Retention={"Mode": "GOVERNANCE", "RetainUntilDate": later})
    council.do("writer", "put_object_legal_hold", PACK, LegalHold={"Status": "ON"})
    shorter = {"Retention": {"Mode": "GOVERNANCE", "RetainUntilDate": soon}, "BypassGovernanceRetention": True}
    erase = {"VersionId": version, "BypassGovernanceRetention": True}
    for account in ("owner", "writer"):
        assert council.refuses(account, "put_object_retention", PACK, **shorter), account
        assert council.refuses(account, "delete_object", PACK, **erase), account
    assert council.refuses("custodian", "delete_object", PACK, **erase), "the legal hold stands"
    council.do("custodian", "put_object_legal_hold", PACK, LegalHold={"Status": "OFF"})
    assert council.refuses("custodian", "delete_object", PACK, VersionId=version), "the retention stands"
    council.do("custodian", "delete_object", PACK, **erase)


def test_older_versions_of_what_can_be_made_again_are_forgotten_and_evidence_is_not(council: Council) -> None:
    beginning = {}
    for key in (GENERAL, BUILD, ENTRY, PACK, EXTRACT):
        beginning[key] = council.version(key)
        council.do("writer", "put_object", key, Body=b"put again")
    half = council.do("writer", "create_multipart_upload", f"extracts/{'1' * 64}")["UploadId"]
    # A day of the lifecycle is a second here, and the longer periods are shortened to one day.
    rules = council.do("owner", "get_bucket_lifecycle_configuration")["Rules"]
    for rule in rules:
        for what, days in (("NoncurrentVersionExpiration", "NoncurrentDays"), (ABORTED, "DaysAfterInitiation")):
            if what in rule:
                rule[what][days] = 1
    council.do("owner", "put_bucket_lifecycle_configuration", LifecycleConfiguration={"Rules": rules})

    def is_there(key: str) -> bool:
        try:
            council.do("custodian", "head_object", key, VersionId=beginning[key])
        except ClientError as error:
            assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 404  # noqa: PT017 (a refusal is not an absence)
            return False
        return True

    until = time.monotonic() + 120
    while time.monotonic() < until and (is_there(GENERAL) or is_there(BUILD) or uploads(council)):
        council.owner.admin("lc", "process", "--rgw-lc-debug-interval=1")
    assert {key: is_there(key) for key in beginning} == {
        GENERAL: False,
        BUILD: False,
        ENTRY: True,
        PACK: True,
        EXTRACT: True,
    }
    assert half not in uploads(council)
    for key in beginning:
        assert council.do("writer", "get_object", key)["Body"].read() == b"put again"


def uploads(council: Council) -> list[str]:
    return [one["UploadId"] for one in council.do("owner", "list_multipart_uploads").get("Uploads", ())]


def test_what_others_have_set_stays(name: str, gateway: S3Server, accounts: dict[str, S3Server], run: Run) -> None:
    bucket, client = gateway.new_bucket(True, name=name), gateway.client()
    rule = {"ID": "tidy", "Status": "Enabled", "Filter": {"Prefix": "elsewhere/"}, "Expiration": {"Days": 9}}
    client.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": [rule]})
    for prefix in ("north", "south"):
        assert run(f"s3://{bucket}/{prefix}", *who(accounts)).code == 0
    for prefix in ("north", "south"):
        assert "done" not in run(f"s3://{bucket}/{prefix}", *who(accounts)).outcomes().values()
    rules = client.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
    assert [one for one in rules if one["ID"] == "tidy"] == [rule]


@pytest.mark.parametrize(("mode", "code"), [("GOVERNANCE", 0), ("COMPLIANCE", 1)])
def test_a_lock_on_everything_is_said_and_one_that_nobody_can_lift_is_no_ground_to_build_on(
    name: str, gateway: S3Server, run: Run, mode: str, code: int
) -> None:
    bucket = gateway.new_bucket(True, name=name)
    rule = {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {"Mode": mode, "Days": 1}}}
    gateway.client().put_object_lock_configuration(Bucket=bucket, ObjectLockConfiguration=rule)
    said = run(f"s3://{bucket}", "--check")
    assert (said.code, f"locks every new file by itself ({mode})" in said.text) == (code, True)
    assert said.outcomes()["Object Lock"] == "in place"


def test_a_rule_of_others_that_deletes_evidence_is_no_ground_to_build_on(
    name: str, gateway: S3Server, run: Run
) -> None:
    bucket = gateway.new_bucket(True, name=name)
    rule = {"ID": "tidy", "Status": "Enabled", "Filter": {"Prefix": "council/"}, "Expiration": {"Days": 90}}
    gateway.client().put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": [rule]})
    said = run(f"s3://{bucket}/council")
    assert said.code == 1
    assert "'tidy', not one of ours, deletes evidence" in said.text
