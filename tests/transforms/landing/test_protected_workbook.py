"""A protected workbook opens with the passphrase given, and the refusal says if it needs one; it is never shown."""

from __future__ import annotations

import subprocess
import zipfile
from pathlib import Path
from typing import Any

import msoffcrypto
import openpyxl
import pytest

from transforms.landing import sandbox_child
from transforms.landing.sandboxed_workbook import read_sheets
from warehouse.problem import Problem

BAD_INPUTS = Path(__file__).parents[4] / "shared" / "data" / "bad_inputs"
WORDS = "Correct horse £ battery"


@pytest.fixture
def protected(tmp_path: Path) -> Path:
    book = openpyxl.Workbook()
    book.active.title = "log"
    for row in (["ref", "day"], ["A1", "x"]):
        book.active.append(row)
    book.save(tmp_path / "plain.xlsx")
    with (tmp_path / "plain.xlsx").open("rb") as plain, (tmp_path / "protected.xlsx").open("wb") as target:
        msoffcrypto.OfficeFile(plain).encrypt(WORDS, target)
    return tmp_path / "protected.xlsx"


def refusal(path: Path, passphrase: str | None) -> str:
    with pytest.raises(Problem) as caught:
        read_sheets(path, named="log", passphrase=passphrase)
    return str(caught.value)


def test_it_opens_with_its_passphrase(protected: Path) -> None:
    workbook = read_sheets(protected, named="log", passphrase=WORDS)
    assert workbook.was_protected
    assert workbook.sheets[0].cells.column("c0").to_pylist() == ["ref", "A1"]
    assert workbook.sheets[0].filled_rows == 2


def test_without_a_passphrase_the_refusal_says_that_it_needs_one_and_where_to_put_it(protected: Path) -> None:
    told = refusal(protected, None)
    assert "is password-protected and its passphrase is not in the secret store" in told
    assert "DAYTWO_SECRETS" in told
    assert "is kept as received" in told


def test_with_a_wrong_passphrase_the_refusal_says_so_and_shows_neither(protected: Path) -> None:
    told = refusal(protected, "Wrong horse")
    assert "the passphrase in the secret store does not open it" in told
    assert "horse" not in told


def test_damage_inside_is_not_reported_as_a_wrong_passphrase(protected: Path) -> None:
    whole = bytearray(protected.read_bytes())
    middle = len(whole) // 2
    whole[middle : middle + 2048] = bytes(2048)
    protected.write_bytes(whole)
    assert "damaged" in refusal(protected, WORDS)


def test_the_content_is_checked_like_any_workbook(tmp_path: Path, protected: Path) -> None:
    with zipfile.ZipFile(tmp_path / "plain.xlsx", "a") as target:
        target.writestr("xl/vbaProject.bin", b"x")
    with (tmp_path / "plain.xlsx").open("rb") as source, protected.open("wb") as target_file:
        msoffcrypto.OfficeFile(source).encrypt(WORDS, target_file)
    assert "macros" in refusal(protected, WORDS)


def test_the_passphrase_reaches_the_child_by_a_pipe_alone(protected: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[tuple[Any, Any]] = []
    usual = subprocess.Popen

    def watched(arguments: list[str], **given: Any) -> Any:
        started.append((arguments, given))
        return usual(arguments, **given)

    monkeypatch.setattr(subprocess, "Popen", watched)
    read_sheets(protected, named="log", passphrase=WORDS)
    assert len(started) == 1
    assert WORDS not in repr(started)
    assert started[0][0][2] == sandbox_child.__file__


def test_an_ordinary_workbook_is_read_without_the_passphrase(
    tmp_path: Path, protected: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[bytes] = []
    usual = subprocess.Popen.communicate

    def watched(self: Any, sending: bytes, **given: Any) -> Any:
        sent.append(sending)
        return usual(self, sending, **given)

    monkeypatch.setattr(subprocess.Popen, "communicate", watched)
    assert not read_sheets(tmp_path / "plain.xlsx", named="log", passphrase=WORDS).was_protected
    read_sheets(protected, named="log", passphrase=WORDS)
    assert [b"horse" in sending for sending in sent] == [False, True]


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "passphrase"),
    [
        ("poi/spreadsheet/protected_passtika.xlsx", "tika"),
        ("poi/poifs/protected_sha512.xlsx", "this is a test"),
        ("poi/poifs/60320-protected.xlsx", "Test001!!"),
        ("calamine/pass_protected.xlsx", "123"),
    ],
)
def test_workbooks_protected_by_several_versions_of_excel_open(name: str, passphrase: str) -> None:
    assert read_sheets(BAD_INPUTS / name, named="any", passphrase=passphrase).was_protected
    assert "its passphrase is not in the secret store" in refusal(BAD_INPUTS / name, None)
