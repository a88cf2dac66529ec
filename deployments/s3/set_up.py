"""Sets up or checks the store's bucket: python -m deployments.s3.set_up s3://bucket/prefix --writer ARN ...

It reads each setting, changes it if it differs, and reads it again, since some services answer "done" and do nothing.
Run it as often as you like. It reports what the service refused or ignored; the exit code is 1 if the store cannot rely
on the bucket (versioning, conditional writes, a policy that was requested).
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlsplit

from botocore.exceptions import BotoCoreError, ClientError

from deployments.s3.conditional_writes import WRITERS, try_conditional_writes
from deployments.s3.policy import (
    DAYS_OF_HALF_SENT_FILES,
    DAYS_OF_OLD_VERSIONS,
    FORGETTING_ROOMS,
    Accounts,
    forgets_evidence,
    lifecycle_rules,
    merged_lifecycle,
    merged_policy,
    same_policy,
    statements,
)
from flows.stores import bucket_and_prefix, s3_client
from warehouse.problem import Problem

# What services answer when nothing is set.
_NOTHING_SET = frozenset(
    {
        "NoSuchBucketPolicy",
        "NoSuchLifecycleConfiguration",
        "NoSuchPublicAccessBlockConfiguration",
        "ObjectLockConfigurationNotFoundError",
        "ServerSideEncryptionConfigurationNotFoundError",
        "NoSuchPublicAccessBlock",
    }
)
_BLOCKED = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")

Outcome = Literal["done", "in place", "missing", "refused", "ignored", "not seen", "left out", "note", "not tried"]


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that was seen or done. `is_fatal`: the store cannot rely on this bucket."""

    outcome: Outcome
    what: str
    is_fatal: bool = False


@dataclass(frozen=True, slots=True)
class Wish:
    """A setting of the bucket.

    Attributes:
        what: its name for people.
        look: what is set now.
        is_met: whether that is as it should be.
        change: sets it.
        otherwise: what it means if it cannot be set.
        is_needed: the store cannot do without it.
    """

    what: str
    look: Callable[[], Any]
    is_met: Callable[[Any], bool]
    change: Callable[[], object]
    otherwise: str
    is_needed: bool = False


@dataclass(frozen=True, slots=True)
class BucketSetUp:
    """The bucket as it should be, and its service."""

    client: Any
    bucket: str
    prefix: str
    accounts: Accounts
    kms_key: str = ""
    for_amazon: bool = False

    def set_up(self, *, only_look: bool) -> list[Line]:
        """Set what is missing (or `only_look`), then test conditional writes."""
        lines = [self._make(only_look)]
        if lines[0].is_fatal:
            return lines
        for wish in (self._versioning(), self._object_lock()):
            lines.append(_fulfil(wish, only_look))
        lines += self._default_retention()
        if self.accounts:
            lines.append(_fulfil(self._policy(), only_look))
            if not self.accounts.custodians:
                lines.append(Line("note", "No custodian is named: nobody may delete a version, not even to erase."))
            if not self._over_tls:
                lines.append(Line("left out", "requests over TLS only: the address of this service is without TLS"))
            elif not self.for_amazon:
                said = "The policy denies requests without TLS; some services ignore this: close their plain port."
                lines.append(Line("note", said))
        else:
            lines.append(Line("left out", "the bucket's policy: no account is named (--writer and the others)"))
        if self.for_amazon:
            lines.append(_fulfil(self._public_access_block(), only_look))
        else:
            lines.append(
                Line(
                    "left out",
                    "the public access block: Ceph's gateway 16.2 then refuses uploads and policies (--service amazon)",
                )
            )
        lines.append(_fulfil(self._encryption(), only_look))
        lines.append(_fulfil(self._lifecycle(), only_look))
        return [*lines, *self._rules_of_others(), *self._conditional_writes()]

    def documents(self) -> dict[str, Any]:
        """The policy and rules as they would be put into an empty bucket."""
        return {
            "policy": merged_policy(None, self.prefix, self._statements()),
            "lifecycle": {"Rules": lifecycle_rules(self.prefix)},
        }

    @property
    def _over_tls(self) -> bool:
        return str(self.client.meta.endpoint_url).startswith("https:")

    def _make(self, only_look: bool) -> Line:
        try:
            self.client.head_bucket(Bucket=self.bucket)
            return Line("in place", "the bucket")
        except ClientError as error:
            if _status(error) != 404:
                return Line("refused", f"the bucket: it exists, but not for this account ({_code(error)})", True)
        if only_look:
            return Line("missing", "the bucket", is_fatal=True)
        region = self.client.meta.region_name
        # Amazon's first region is the one that may not be named.
        place = {} if region in (None, "us-east-1") else {"CreateBucketConfiguration": {"LocationConstraint": region}}
        try:
            self.client.create_bucket(Bucket=self.bucket, ObjectLockEnabledForBucket=True, **place)
        except ClientError as error:
            return Line("refused", f"creating the bucket ({_code(error)})", is_fatal=True)
        return Line("done", "the bucket, created with Object Lock")

    def _versioning(self) -> Wish:
        return Wish(
            "versioning",
            lambda: self.client.get_bucket_versioning(Bucket=self.bucket).get("Status"),
            lambda there: there == "Enabled",
            lambda: self.client.put_bucket_versioning(
                Bucket=self.bucket, VersioningConfiguration={"Status": "Enabled"}
            ),
            "a file that is overwritten or deleted cannot be restored, and the ledger cannot prove it existed",
            is_needed=True,
        )

    def _object_lock(self) -> Wish:
        return Wish(
            "Object Lock",
            lambda: self._lock_configuration().get("ObjectLockEnabled"),
            lambda there: there == "Enabled",
            lambda: self.client.put_object_lock_configuration(
                Bucket=self.bucket, ObjectLockConfiguration={"ObjectLockEnabled": "Enabled"}
            ),
            "sealed packs cannot be locked; most services enable it only when a bucket is created: use a new one",
        )

    def _default_retention(self) -> list[Line]:
        try:
            rule = self._lock_configuration().get("Rule", {}).get("DefaultRetention", {})
        except ClientError:
            return []
        if not rule:
            return []
        mode = rule.get("Mode")
        said = f"the bucket locks every new file by itself ({mode}): remove that rule, packs are locked one by one"
        return [Line("note", said, is_fatal=mode == "COMPLIANCE")]

    def _policy(self) -> Wish:
        ours = self._statements()

        def there() -> Any:
            return json.loads(self.client.get_bucket_policy(Bucket=self.bucket)["Policy"])

        def put() -> None:
            policy = merged_policy(_or_nothing(there), self.prefix, ours)
            self.client.put_bucket_policy(Bucket=self.bucket, Policy=json.dumps(policy))

        return Wish(
            "the bucket's policy",
            there,
            lambda found: found is not None and same_policy(found, merged_policy(found, self.prefix, ours)),
            put,
            "who may read and write is not limited by the bucket",
            is_needed=True,
        )

    def _public_access_block(self) -> Wish:
        wanted = dict.fromkeys(_BLOCKED, True)
        return Wish(
            "the public access block",
            lambda: self.client.get_public_access_block(Bucket=self.bucket)["PublicAccessBlockConfiguration"],
            lambda there: there == wanted,
            lambda: self.client.put_public_access_block(Bucket=self.bucket, PublicAccessBlockConfiguration=wanted),
            "a later change of policy could open the bucket to everybody",
        )

    def _encryption(self) -> Wish:
        wanted = {"SSEAlgorithm": "AES256"}
        if self.kms_key:
            wanted = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": self.kms_key}

        def there() -> Any:
            rules = self.client.get_bucket_encryption(Bucket=self.bucket)["ServerSideEncryptionConfiguration"]
            return next((rule.get("ApplyServerSideEncryptionByDefault") for rule in rules.get("Rules", ())), None)

        def put() -> None:
            rule = {"ApplyServerSideEncryptionByDefault": wanted, "BucketKeyEnabled": bool(self.kms_key)}
            self.client.put_bucket_encryption(Bucket=self.bucket, ServerSideEncryptionConfiguration={"Rules": [rule]})

        return Wish(
            f"encryption by default ({'the KMS key' if self.kms_key else 'SSE-S3'})",
            there,
            # If no key is named here, a key that somebody else has set is kept.
            lambda found: found == wanted if self.kms_key else bool(found),
            put,
            "the service's disks must be encrypted instead",
        )

    def _lifecycle(self) -> Wish:
        def is_met(there: Any) -> bool:
            return same_policy(there, merged_lifecycle(there or (), self.prefix))

        return Wish(
            f"what is deleted (half-sent files after {DAYS_OF_HALF_SENT_FILES} days, older versions of "
            f"{', '.join(FORGETTING_ROOMS)} after {DAYS_OF_OLD_VERSIONS})",
            self._rules,
            is_met,
            lambda: self.client.put_bucket_lifecycle_configuration(
                Bucket=self.bucket,
                LifecycleConfiguration={"Rules": merged_lifecycle(self._rules(), self.prefix)},
            ),
            "older versions are kept for ever, and the bucket grows by two builds a night",
        )

    def _rules_of_others(self) -> list[Line]:
        try:
            names = forgets_evidence(self._rules(), self.prefix)
        except ClientError:
            return []  # reported when the lifecycle was read
        said = "deletes evidence: change it"
        return [Line("note", f"the lifecycle rule {name!r}, not one of ours, {said}", is_fatal=True) for name in names]

    def _conditional_writes(self) -> list[Line]:
        folder = f"{self.prefix}/runs/set_up/" if self.prefix else "runs/set_up/"
        try:
            tried = try_conditional_writes(self.client, self.bucket, folder)
        except ClientError as error:
            return [
                Line("not tried", f"conditional writes: this account may not write in runs/ ({_code(error)})", True)
            ]
        seen = ", ".join(str(number) for number in tried.winners)
        said = f"conditional writes: of {WRITERS} writers at once, {seen} were told that they wrote"
        if tried.is_exact:
            return [Line("in place", said)]
        if tried.is_first_version_known:
            return [
                Line("ignored", f"{said}; a second write was {'' if tried.is_refused_again else 'not '}refused"),
                Line(
                    "note",
                    "The service ignores If-None-Match when versions are kept. Daytwo uses the first version of a key"
                    " in ledger/ and locks/, so no entry is lost: the writer needs s3:ListBucketVersions and"
                    " s3:GetObjectVersion, and no version of these may ever be deleted by hand.",
                ),
            ]
        return [Line("ignored", f"{said}, and the first cannot be identified: two writers would fork the ledger", True)]

    def _statements(self) -> list[Any]:
        return statements(self.bucket, self.prefix, self.accounts, for_amazon=self.for_amazon, over_tls=self._over_tls)

    def _lock_configuration(self) -> dict[str, Any]:
        found = self.client.get_object_lock_configuration(Bucket=self.bucket)
        return dict(found.get("ObjectLockConfiguration", {}))

    def _rules(self) -> list[Any]:
        def look() -> Any:
            return self.client.get_bucket_lifecycle_configuration(Bucket=self.bucket).get("Rules", [])

        rules = [dict(rule) for rule in _or_nothing(look) or ()]
        for rule in rules:
            if "Prefix" in rule:  # the older form, which must not be mixed with the newer one
                rule["Filter"] = {"Prefix": rule.pop("Prefix")}
        return rules


def _fulfil(wish: Wish, only_look: bool) -> Line:
    try:
        there = _or_nothing(wish.look)
    except ClientError as error:
        return Line("not seen", f"{wish.what}: this account may not read it ({_code(error)})")
    if wish.is_met(there):
        return Line("in place", wish.what)
    without = f"{wish.what}: {wish.otherwise}"
    if only_look:
        return Line("missing", without, wish.is_needed)
    try:
        wish.change()
    except ClientError as error:
        return Line("refused", f"{without} ({_code(error)})", wish.is_needed)
    try:
        is_met = wish.is_met(_or_nothing(wish.look))
    except ClientError:
        is_met = False
    return Line("done", wish.what) if is_met else Line("ignored", without, wish.is_needed)


def _or_nothing(look: Callable[[], Any]) -> Any:
    """What is set; None if the service says that nothing is."""
    try:
        return look()
    except ClientError as error:
        if _code(error) in _NOTHING_SET:
            return None
        raise


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code") or _status(error))


def _status(error: ClientError) -> int:
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))


def _is_amazon(client: Any) -> bool:
    host = urlsplit(client.meta.endpoint_url).hostname or ""
    return host.endswith((".amazonaws.com", ".amazonaws.com.cn"))


def _read(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m deployments.s3.set_up",
        description="Set up or check the bucket of a store. Accounts are ARNs; each option may be given several times.",
        epilog="boto3 finds the service and this account: AWS_PROFILE, AWS_ENDPOINT_URL_S3 and the others.",
    )
    parser.add_argument("address", help="s3://bucket or s3://bucket/prefix, as in DAYTWO_STORE")
    for name, what in (
        ("writer", "the service that runs Daytwo"),
        ("analyst", "fetches published/warehouse.duckdb"),
        ("named-reader", "fetches everything below published/"),
        ("releaser", "reads packs and ledger, appends to the ledger"),
        ("custodian", "deletes versions, shortens retention, lifts legal holds"),
    ):
        parser.add_argument(f"--{name}", action="append", default=[], metavar="ARN", help=what)
    parser.add_argument("--kms-key", default="", metavar="ARN", help="encrypt with this key, not the service's own")
    parser.add_argument(
        "--service",
        choices=("amazon", "other"),
        help="which conditions the service knows; by default decided from the service's address",
    )
    doing = parser.add_mutually_exclusive_group()
    doing.add_argument(
        "--check",
        action="store_true",
        help="change no setting; conditional writes are still tested, on small files below runs/ deleted at once",
    )
    doing.add_argument("--print", action="store_true", help="print policy and lifecycle rules as JSON; change nothing")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; returns its exit code."""
    given = _read(arguments)
    try:
        if not given.address.startswith("s3://"):
            raise Problem("This is not the address of a bucket.", where=given.address, fix="Give s3://bucket/prefix.")
        name, prefix = bucket_and_prefix(given.address)
        client = s3_client()
        bucket = BucketSetUp(
            client,
            name,
            prefix,
            Accounts(
                tuple(given.writer),
                tuple(given.analyst),
                tuple(given.named_reader),
                tuple(given.releaser),
                tuple(given.custodian),
            ),
            given.kms_key,
            for_amazon=given.service == "amazon" if given.service else _is_amazon(client),
        )
        if given.print:
            print(json.dumps(bucket.documents(), indent=2))
            return 0
        lines = bucket.set_up(only_look=given.check)
    except Problem as problem:
        print(f"daytwo: {problem}", file=sys.stderr)
        return 1
    except (BotoCoreError, ClientError) as error:
        kind = _code(error) if isinstance(error, ClientError) else type(error).__name__
        print(f"daytwo: The S3 service did not answer as expected ({kind}).", file=sys.stderr)
        return 1
    print(f"{given.address} at {client.meta.endpoint_url}")
    for line in lines:
        print(f"  {line.outcome:<9} {line.what}")
    if any(line.is_fatal for line in lines):
        print("NOT ready: the store cannot rely on this bucket as it is.")
        return 1
    print(f"Ready: DAYTWO_STORE={given.address}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
