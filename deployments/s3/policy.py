"""Who may do what in the store's bucket, and what the bucket deletes by itself: policy statements and lifecycle rules.

Written for Amazon S3. Other services know fewer conditions: `for_amazon=False` leaves out or rewords what Ceph's
gateway 16.2 does not know, as tests on it showed (docs/s3.md).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from warehouse.problem import Problem

DAYS_OF_HALF_SENT_FILES = 7
DAYS_OF_OLD_VERSIONS = 30
# In these rooms older versions are copies of what the ledger can build again; in the others they are evidence.
FORGETTING_ROOMS = ("published", "runs", "builds", "locks")
REMOVABLE_ROOMS = ("extracts", "builds", "runs", "packs", "locks")

_ACCOUNT = re.compile(r"arn:aws[a-z-]*:(iam|sts)::[0-9A-Za-z_$-]*:(user|role|assumed-role)/[\w+=,.@/$-]+", re.ASCII)
_LIST = ["s3:ListBucket", "s3:ListBucketVersions"]
_LOCK = ["s3:GetObjectRetention", "s3:PutObjectRetention", "s3:GetObjectLegalHold", "s3:PutObjectLegalHold"]


@dataclass(frozen=True, slots=True)
class Accounts:
    """The accounts (ARNs of roles or users) that use the bucket.

    Attributes:
        writers: the service that runs Daytwo.
        analysts: may fetch `published/warehouse.duckdb` and the file that says how current it is, and nothing else. Not
            the ledger: it holds every figure as published, including small numbers.
        named_readers: may fetch everything below `published/`.
        releasers: may read packs and the ledger, and append to the ledger (`daytwo release`).
        custodians: may delete versions, shorten a retention and lift a legal hold: erasure, under the council's rules.
    """

    writers: tuple[str, ...] = ()
    analysts: tuple[str, ...] = ()
    named_readers: tuple[str, ...] = ()
    releasers: tuple[str, ...] = ()
    custodians: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for account in (*self.writers, *self.analysts, *self.named_readers, *self.releasers, *self.custodians):
            if not _ACCOUNT.fullmatch(account):
                raise Problem(
                    "This is not the ARN of a role or a user.",
                    where=account,
                    why="A right given to nobody, or to everybody, would go unnoticed.",
                    fix="Give one such as arn:aws:iam::123456789012:role/daytwo (Ceph: arn:aws:iam:::user/daytwo).",
                )

    def __bool__(self) -> bool:
        return bool(self.writers or self.analysts or self.named_readers or self.releasers or self.custodians)


def statements(bucket: str, prefix: str, accounts: Accounts, *, for_amazon: bool, over_tls: bool) -> list[Any]:
    """The statements of the bucket's policy; `prefix` without slashes at its ends, empty for a whole bucket."""
    whole = f"arn:aws:s3:::{bucket}"
    inside = f"{whole}/{prefix}/" if prefix else f"{whole}/"
    made = [
        *_of_writers(accounts.writers, whole, inside),
        *_of_readers(accounts, inside),
        *_of_releasers(accounts.releasers, whole, inside),
        *_of_custodians(accounts.custodians, whole, inside),
        *_for_everybody(accounts.custodians, inside, for_amazon=for_amazon),
    ]
    if over_tls:
        made += _deny("TlsOnly", ["s3:*"], whole, f"{inside}*", Bool={"aws:SecureTransport": "false"})
    return [{**one, "Sid": f"{_sid(prefix)}{one['Sid']}"} for one in made]


def _of_writers(writers: tuple[str, ...], whole: str, inside: str) -> list[Any]:
    """The service: keeps everything, removes what the ledger can build again, locks packs."""
    # No condition on the prefix: a service answers "absent" (and not "refused") only to an account that may list.
    lists = [*_LIST, "s3:ListBucketMultipartUploads", "s3:GetBucketVersioning", "s3:GetBucketObjectLockConfiguration"]
    keeps = ["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject", "s3:AbortMultipartUpload"]
    return [
        *_allow("WriterLists", writers, lists, whole),
        *_allow("WriterKeeps", writers, keeps, f"{inside}*"),
        *_allow("WriterRemoves", writers, ["s3:DeleteObject"], *(f"{inside}{room}/*" for room in REMOVABLE_ROOMS)),
        *_allow("WriterLocks", writers, _LOCK, f"{inside}packs/*"),
    ]


def _of_readers(accounts: Accounts, inside: str) -> list[Any]:
    """Analysts: the general file and its state; named readers: everything published."""
    general = (f"{inside}published/warehouse.duckdb", f"{inside}published/status.json")
    return [
        *_allow("AnalystFetches", accounts.analysts, ["s3:GetObject"], *general),
        *_allow("NamedReaderFetches", accounts.named_readers, ["s3:GetObject"], f"{inside}published/*"),
    ]


def _of_releasers(releasers: tuple[str, ...], whole: str, inside: str) -> list[Any]:
    """Releasers: read packs and the ledger, and append to it."""
    reads = ["s3:GetObject", "s3:GetObjectVersion"]
    return [
        *_allow("ReleaserLists", releasers, _LIST, whole),
        *_allow("ReleaserReads", releasers, reads, f"{inside}packs/*", f"{inside}ledger/*"),
        *_allow("ReleaserAppends", releasers, ["s3:PutObject"], f"{inside}ledger/*"),
    ]


def _of_custodians(custodians: tuple[str, ...], whole: str, inside: str) -> list[Any]:
    """Custodians: erase permanently, locked or not."""
    erases = [
        "s3:GetObject",
        "s3:GetObjectVersion",
        "s3:DeleteObject",
        "s3:DeleteObjectVersion",
        "s3:BypassGovernanceRetention",
        *_LOCK,
    ]
    return [
        *_allow("CustodianLists", custodians, _LIST, whole),
        *_allow("CustodianErases", custodians, erases, f"{inside}*"),
    ]


def _for_everybody(custodians: tuple[str, ...], inside: str, *, for_amazon: bool) -> list[Any]:
    """What nobody may do, or only the custodians."""

    def deny_all_but_custodians(name: str, actions: list[str], **condition: Any) -> list[Any]:
        if not custodians:
            return _deny(name, actions, objects, **condition)
        if for_amazon:
            return _deny(name, actions, objects, **condition, ArnNotEquals={"aws:PrincipalArn": list(custodians)})
        return [_statement(name, "Deny", {"NotPrincipal": {"AWS": list(custodians)}}, actions, [objects], condition)]

    objects, ledger = f"{inside}*", f"{inside}ledger/*"
    compliance, lifted = {"s3:object-lock-mode": "COMPLIANCE"}, {"s3:object-lock-legal-hold": "OFF"}
    made = [
        *_deny("LedgerStays", ["s3:DeleteObject", "s3:DeleteObjectVersion"], ledger),
        *deny_all_but_custodians("OnlyCustodiansErase", ["s3:DeleteObjectVersion", "s3:BypassGovernanceRetention"]),
        *deny_all_but_custodians("OnlyCustodiansLiftHolds", ["s3:PutObjectLegalHold"], StringEquals=lifted),
        # A lock that nobody can remove would prevent erasure and correction.
        *_deny("NoLockForGood", ["s3:PutObjectRetention"], objects, StringEquals=compliance),
    ]
    if for_amazon:
        made += _deny("LedgerIsAppended", ["s3:PutObject"], ledger, Null={"s3:if-none-match": "true"})
    return made


def _allow(name: str, to: tuple[str, ...], actions: list[str], *resources: str) -> list[Any]:
    return [_statement(name, "Allow", {"Principal": {"AWS": list(to)}}, actions, resources)] if to else []


def _deny(name: str, actions: list[str], *resources: str, **condition: Any) -> list[Any]:
    return [_statement(name, "Deny", {"Principal": "*"}, actions, resources, condition)]


def merged_policy(there: Mapping[str, Any] | None, prefix: str, ours: Sequence[Any]) -> dict[str, Any]:
    """The bucket's policy with our earlier statements replaced by these; other people's stay as they are."""
    others = [one for one in _listed((there or {}).get("Statement")) if not _is_ours(one, prefix)]
    return {"Version": "2012-10-17", "Statement": [*others, *ours]}


def same_policy(one: Any, other: Any) -> bool:
    """Whether two policies are the same: a service may return a list of one as a single value, or reorder a list."""
    return bool(_plain(one) == _plain(other))


def lifecycle_rules(prefix: str) -> list[dict[str, Any]]:
    """What the bucket deletes by itself: nothing in extracts, ledger or packs."""
    inside = f"{prefix}/" if prefix else ""
    return [
        {
            "ID": f"{_rule(prefix)}half-sent",
            "Status": "Enabled",
            "Filter": {"Prefix": inside},
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": DAYS_OF_HALF_SENT_FILES},
        },
        *(
            {
                "ID": f"{_rule(prefix)}{room}",
                "Status": "Enabled",
                "Filter": {"Prefix": f"{inside}{room}/"},
                "NoncurrentVersionExpiration": {"NoncurrentDays": DAYS_OF_OLD_VERSIONS},
                "Expiration": {"ExpiredObjectDeleteMarker": True},
            }
            for room in FORGETTING_ROOMS
        ),
    ]


def merged_lifecycle(there: Sequence[Any], prefix: str) -> list[Any]:
    """The bucket's lifecycle rules with our earlier ones replaced by these."""
    ours = lifecycle_rules(prefix)
    names = {one["ID"] for one in ours}
    return [*(one for one in there if one.get("ID") not in names), *ours]


def forgets_evidence(rules: Sequence[Any], prefix: str) -> list[str]:
    """The IDs of enabled rules that would delete extracts, ledger or packs."""
    inside = f"{prefix}/" if prefix else ""
    rooms = [f"{inside}{room}/" for room in ("extracts", "ledger", "packs")]
    found = []
    for rule in rules:
        where = rule.get("Filter", {})
        start = where.get("Prefix") or where.get("And", {}).get("Prefix") or rule.get("Prefix") or ""
        expires = rule.get("Expiration", {})
        deletes = "Days" in expires or "Date" in expires or "NoncurrentVersionExpiration" in rule
        touches = any(room.startswith(start) or start.startswith(room) for room in rooms)
        if rule.get("Status") == "Enabled" and deletes and touches:
            found.append(str(rule.get("ID", "without a name")))
    return found


def _statement(
    name: str,
    effect: str,
    who: Mapping[str, Any],
    actions: list[str],
    resources: Sequence[str],
    condition: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    made = {"Sid": name, "Effect": effect, **who, "Action": actions, "Resource": list(resources)}
    return {**made, "Condition": dict(condition)} if condition else made


def _sid(prefix: str) -> str:
    """The start of our statements' names; a name may have only letters and digits."""
    return "Daytwo" + re.sub(r"[^A-Za-z0-9]", "", prefix.title())


def _rule(prefix: str) -> str:
    return f"daytwo-{prefix}-" if prefix else "daytwo-"


def _is_ours(statement: Mapping[str, Any], prefix: str) -> bool:
    everybody = Accounts(*[("arn:aws:iam:::user/any",)] * 5)
    ours = statements("bucket", prefix, everybody, for_amazon=True, over_tls=True)
    return statement.get("Sid") in {one["Sid"] for one in ours}


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        items = [_plain(item) for item in value]
        return items[0] if len(items) == 1 else sorted(items, key=lambda item: json.dumps(item, sort_keys=True))
    return value
