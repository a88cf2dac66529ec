"""An S3 client is kept while its account does not change; another account never gets it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from flows.stores import s3_client
from tests.s3_servers import S3Server


@pytest.fixture
def account(moto_service: S3Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An account named by the environment, whose profile is in a file of the test; the file."""
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    for name, value in moto_service.environment().items():
        monkeypatch.setenv(name, value)
    credentials = tmp_path / "credentials"
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(credentials))
    return credentials


def key_of(client: object) -> str:
    return str(client._request_signer._credentials.access_key)  # type: ignore[attr-defined]


def test_a_client_is_kept_while_only_other_variables_change(account: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    client = s3_client()
    monkeypatch.setenv("DAYTWO_STORE", "s3://elsewhere")
    monkeypatch.setenv("TZ", "Europe/London")
    assert s3_client() is client


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AWS_ACCESS_KEY_ID", "another"),
        ("AWS_SESSION_TOKEN", "another"),
        ("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:1"),
        ("HOME", "/nowhere"),
        ("https_proxy", "http://127.0.0.1:1"),
        ("NO_PROXY", "localhost"),
        ("REQUESTS_CA_BUNDLE", "/nowhere"),
    ],
)
def test_a_change_in_what_boto3_reads_creates_another_client(
    account: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    client = s3_client()
    monkeypatch.setenv(name, value)
    assert s3_client() is not client


def test_each_account_gets_its_own_client(account: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = os.environ["AWS_ACCESS_KEY_ID"]
    assert key_of(s3_client()) == first
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "another")
    assert key_of(s3_client()) == "another"
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", first)
    assert key_of(s3_client()) == first


def test_keys_replaced_in_the_file_are_used_from_then_on(account: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    account.write_text("[default]\naws_access_key_id = old\naws_secret_access_key = x\n")
    assert key_of(s3_client()) == "old"
    account.write_text("[default]\naws_access_key_id = newer\naws_secret_access_key = x\n")
    assert key_of(s3_client()) == "newer"
