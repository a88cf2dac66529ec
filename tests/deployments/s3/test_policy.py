"""The bucket's policy and lifecycle rules as documents."""

from __future__ import annotations

import json
from typing import Any

import pytest

from deployments.s3.policy import (
    Accounts,
    forgets_evidence,
    lifecycle_rules,
    merged_lifecycle,
    merged_policy,
    same_policy,
    statements,
)
from warehouse.problem import Problem
from warehouse.store.keys import ROOMS

ROLE = "arn:aws:iam::123456789012:role"
ACCOUNTS = Accounts(
    writers=(f"{ROLE}/daytwo",),
    analysts=(f"{ROLE}/analysts",),
    named_readers=(f"{ROLE}/named",),
    releasers=(f"{ROLE}/releasers",),
    custodians=(f"{ROLE}/custodian",),
)
OTHERS = {"Sid": "Backup", "Effect": "Allow", "Principal": {"AWS": f"{ROLE}/backup"}, "Action": "s3:GetObject"}


def made(prefix: str = "council", *, for_amazon: bool = True, accounts: Accounts = ACCOUNTS) -> list[Any]:
    return statements("evidence", prefix, accounts, for_amazon=for_amazon, over_tls=for_amazon)


def allowed(account: str) -> dict[str, set[str]]:
    """What an account may do, and to what."""
    found: dict[str, set[str]] = {}
    for one in made():
        if one["Effect"] == "Allow" and f"{ROLE}/{account}" in one["Principal"]["AWS"]:
            for action in one["Action"]:
                found.setdefault(action, set()).update(one["Resource"])
    return found


def test_an_analyst_may_read_one_file_and_its_state_and_nothing_else() -> None:
    inside = "arn:aws:s3:::evidence/council/published"
    assert allowed("analysts") == {"s3:GetObject": {f"{inside}/warehouse.duckdb", f"{inside}/status.json"}}


def test_a_named_reader_may_read_what_is_published() -> None:
    assert allowed("named") == {"s3:GetObject": {"arn:aws:s3:::evidence/council/published/*"}}


def test_the_writer_may_never_delete_a_version_nor_anything_of_the_ledger_or_published() -> None:
    rights = allowed("daytwo")
    assert not {"s3:DeleteObjectVersion", "s3:BypassGovernanceRetention", "s3:PutBucketPolicy"} & set(rights)
    assert not {
        resource for resource in rights["s3:DeleteObject"] if "/ledger/" in resource or "/published/" in resource
    }


def test_the_writer_may_do_nothing_to_what_lies_beside_the_prefix() -> None:
    resources = {resource for found in allowed("daytwo").values() for resource in found}
    assert {resource for resource in resources if not resource.startswith("arn:aws:s3:::evidence/council/")} == {
        "arn:aws:s3:::evidence"
    }


def test_nobody_at_all_may_delete_from_the_ledger() -> None:
    (stays,) = (one for one in made() if one["Sid"].endswith("LedgerStays"))
    assert (stays["Effect"], stays["Principal"], stays.get("Condition")) == ("Deny", "*", None)
    assert set(stays["Action"]) == {"s3:DeleteObject", "s3:DeleteObjectVersion"}
    assert stays["Resource"] == ["arn:aws:s3:::evidence/council/ledger/*"]


@pytest.mark.parametrize("for_amazon", [True, False])
def test_only_a_custodian_may_delete_versions_and_bypass_a_lock(for_amazon: bool) -> None:
    (only,) = (one for one in made(for_amazon=for_amazon) if one["Sid"].endswith("OnlyCustodiansErase"))
    assert only["Effect"] == "Deny"
    assert set(only["Action"]) == {"s3:DeleteObjectVersion", "s3:BypassGovernanceRetention"}
    if for_amazon:
        assert only["Condition"] == {"ArnNotEquals": {"aws:PrincipalArn": [f"{ROLE}/custodian"]}}
    else:
        assert only["NotPrincipal"] == {"AWS": [f"{ROLE}/custodian"]}


def test_without_a_custodian_nobody_may() -> None:
    nobody = made(accounts=Accounts(writers=(f"{ROLE}/daytwo",)))
    (only,) = (one for one in nobody if one["Sid"].endswith("OnlyCustodiansErase"))
    assert (only["Principal"], only.get("Condition")) == ("*", None)


def test_a_statement_is_named_with_letters_and_digits_once() -> None:
    names = [one["Sid"] for one in made("children's-services/day_two")]
    assert all(name.isalnum() and name.isascii() for name in names)
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("account", ["*", "", "daytwo", "arn:aws:s3:::bucket", f"{ROLE}/*", f"{ROLE}/a b"])
def test_an_account_that_is_none_is_refused(account: str) -> None:
    with pytest.raises(Problem, match="not the ARN of a role or a user"):
        Accounts(writers=(account,))


def test_what_other_people_wrote_into_the_policy_stays() -> None:
    once = merged_policy({"Version": "2012-10-17", "Statement": OTHERS}, "council", made())
    twice = merged_policy(once, "council", made())
    assert once == twice
    assert once["Statement"][0] == OTHERS
    fewer = merged_policy(once, "council", made(accounts=Accounts(writers=(f"{ROLE}/daytwo",))))
    assert "DaytwoCouncilAnalystFetches" not in {one["Sid"] for one in fewer["Statement"]}


def test_two_stores_in_one_bucket_keep_a_policy_and_rules_each() -> None:
    both = merged_policy(merged_policy(None, "north", made("north")), "south", made("south"))
    assert len(both["Statement"]) == 2 * len(made())
    rules = merged_lifecycle(merged_lifecycle([], "north"), "south")
    assert len(rules) == 2 * len(lifecycle_rules(""))
    assert len({rule["ID"] for rule in rules}) == len(rules)


def test_a_policy_given_back_in_another_order_says_the_same() -> None:
    policy = merged_policy(None, "council", made())
    other = json.loads(json.dumps(policy, sort_keys=True))
    other["Statement"].reverse()
    for one in other["Statement"]:
        if len(one["Action"]) == 1:
            one["Action"] = one["Action"][0]
    assert same_policy(policy, other)
    other["Statement"][0]["Effect"] = "Allow" if other["Statement"][0]["Effect"] == "Deny" else "Deny"
    assert not same_policy(policy, other)


@pytest.mark.parametrize("prefix", ["", "council"])
def test_no_rule_of_ours_touches_extracts_ledger_or_packs(prefix: str) -> None:
    rules = lifecycle_rules(prefix)
    assert forgets_evidence(rules, prefix) == []
    forgotten = {rule["Filter"]["Prefix"].strip("/").split("/")[-1] for rule in rules if "Expiration" in rule}
    assert set(ROOMS) - forgotten == {"extracts", "ledger", "packs"}


@pytest.mark.parametrize(
    ("rule", "is_found"),
    [
        ({"Filter": {"Prefix": ""}, "Expiration": {"Days": 90}}, True),
        ({"Filter": {}, "NoncurrentVersionExpiration": {"NoncurrentDays": 1}}, True),
        ({"Filter": {"Prefix": "council/packs/slac_2009/"}, "Expiration": {"Days": 90}}, True),
        ({"Filter": {"And": {"Prefix": "council/"}}, "Expiration": {"Days": 90}}, True),
        ({"Filter": {"Prefix": "elsewhere/"}, "Expiration": {"Days": 90}}, False),
        ({"Filter": {"Prefix": "council/builds/"}, "Expiration": {"Days": 90}}, False),
        ({"Filter": {"Prefix": ""}, "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1}}, False),
    ],
)
def test_a_rule_of_others_that_deletes_evidence_is_found(rule: dict[str, Any], is_found: bool) -> None:
    assert forgets_evidence([{"ID": "tidy", "Status": "Enabled", **rule}], "council") == (["tidy"] if is_found else [])
    assert forgets_evidence([{"ID": "tidy", "Status": "Disabled", **rule}], "council") == []
