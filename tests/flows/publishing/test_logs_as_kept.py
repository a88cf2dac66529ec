"""Logs as people really keep them: a tab for each year, a title above the headings, their own words, a passphrase."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

import duckdb
import msoffcrypto
import openpyxl
import pytest

from flows.commands.command_line import main
from flows.publishing.run_nightly import Outcome, run_nightly
from flows.receiving.places import Folder
from flows.settings import Settings
from warehouse.store.local_folder import LocalFolder

pytestmark = pytest.mark.slow

NIGHT = datetime.datetime(2026, 11, 2, 4, 15, tzinfo=datetime.UTC)
WEEK = datetime.timedelta(days=7)
WORDS = "Correct horse battery"
DAY, LATER = datetime.date(2026, 2, 3), datetime.date(2026, 3, 9)
HEADINGS = ["Ref No", "Adult", "Kind", "Date of\ncontact", "Children", "Outcome date", "Final Outcome"]
TABS: dict[str, list[list[Any]]] = {
    "2025": [
        ["L1", "AD1", "Referral", DAY, "1001, 1002", LATER, "Founded"],
        ["L2", "AD2", "Referral", DAY, "1003", "TBC", "Still looking"],
    ],
    "2026": [["L3", "AD1", "Advice", LATER, None, None, None]],
    "Closed cases": [["L4", "AD4", "Referral", DAY, "1004/1005", LATER, "Not proven"]],
}
MAPPING = """
table = "lado_log"
valid_from = {valid_from}
owner = "LADO manager"
agreed_on = 2026-03-20
header_row = 4
sheets = ["20*", "Closed cases"]
blank_words = ["TBC"]

[columns]
"Ref No" = "lado_ref"
"Adult" = "subject_ref"
"Kind" = "contact_type"
"Date of contact" = "date_contact"
"Children" = "child_ids"
"Outcome date" = "date_outcome"
"Final outcome" = "{outcome}"

[values.contact_type]
"Referral" = "REFERRAL"
"Advice" = "CONSULT"

[values.outcome]
"Founded" = "{founded}"
"Not proven" = "UNSUBSTANTIATED"

[split]
child_ids = [",", "/"]
"""


@pytest.fixture
def drop(tmp_path: Path) -> Path:
    """One child, and a LADO log in a council's own layout."""
    delivery = tmp_path / "drop" / "case_management" / "2026-10-31"
    delivery.mkdir(parents=True)
    (delivery / "ssd_person.csv").write_text("pers_person_id,pers_dob\n1001,2015-05-01\n")
    log = tmp_path / "drop" / "lado" / "2026-10-31" / "lado_log.xlsx"
    log.parent.mkdir(parents=True)
    (tmp_path / "drop" / "mappings").mkdir()
    keep(log)
    for folder in (delivery, log.parent, tmp_path / "drop" / "mappings"):
        (folder / "_complete").touch()
    return tmp_path / "drop"


def keep(path: Path, passphrase: str | None = None) -> None:
    """Write the log as the council keeps it."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in TABS.items():
        sheet = book.create_sheet(name)
        sheet.append([f"Allegations against adults {name}"])
        sheet.append([None])
        sheet.append(["Updated on Fridays"])
        sheet.merge_cells("A1:D2")
        for row in (HEADINGS, *rows):
            sheet.append(row)
    book.save(path)
    if passphrase is not None:
        plain = path.with_suffix(".plain")
        path.rename(plain)
        with plain.open("rb") as source, path.open("wb") as target:
            msoffcrypto.OfficeFile(source).encrypt(passphrase, target)
        plain.unlink()


def say(drop: Path, valid_from: str = "2026-04-01", founded: str = "SUBSTANTIATED", outcome: str = "outcome") -> Path:
    """Put a mapping into the drop."""
    path = drop / "mappings" / f"lado_log_{valid_from}.toml"
    path.write_text(MAPPING.format(valid_from=valid_from, founded=founded, outcome=outcome), encoding="utf-8")
    return path


def nightly(
    drop: Path, at: datetime.datetime = NIGHT, secrets: str = "", rebuilt: bool = False, **given: Any
) -> Outcome:
    """Receive the drop, or rebuild from what was received, and publish."""
    settings = Settings.read({}, secrets=secrets)
    store = LocalFolder(drop.parent / "store")
    return run_nightly(store, drop=None if rebuilt else Folder(drop), settings=settings, started_at=at, **given)


def query(drop: Path, sql: str) -> list[tuple[Any, ...]]:
    path = drop.parent / "store" / "published" / "warehouse_restricted.duckdb"
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    capsys.readouterr()
    code = main(arguments)
    return code, capsys.readouterr().out


def test_every_row_of_every_tab_is_kept_as_received_and_read_with_the_owners_mapping(drop: Path) -> None:
    say(drop)
    nightly(drop)
    assert query(drop, "SELECT lado_ref, contact_type, outcome, child_ids, _sheet, _row FROM landing.lado_log") == [
        ("L1", "Referral", "Founded", "1001, 1002", "2025", 5),
        ("L2", "Referral", "Still looking", "1003", "2025", 6),
        ("L3", "Advice", None, None, "2026", 5),
        ("L4", "Referral", "Not proven", "1004/1005", "Closed cases", 5),
    ]
    records = "SELECT lado_ref, contact_type_code, outcome_on, outcome_code, child_ids FROM records.allegations"
    assert query(drop, f"{records} ORDER BY lado_ref") == [
        ("L1", "REFERRAL", LATER, "SUBSTANTIATED", "1001;1002"),
        ("L2", "REFERRAL", None, "Still looking", "1003"),
        ("L3", "CONSULT", None, None, None),
        ("L4", "REFERRAL", LATER, "UNSUBSTANTIATED", "1004;1005"),
    ]
    arrivals = query(drop, "SELECT status, rows_received, rows_loaded, sheet, notes FROM quality.arrivals")
    log = next(row for row in arrivals if row[3])
    assert log[:4] == ("loaded", 4, 4, "2025 / 2026 / Closed cases")
    assert "agreed on 2026-03-20" in log[4]
    assert ("kept", None, None, None, None) in arrivals, "the mapping itself"
    unknown = "SELECT sheet, row_number, key FROM quality.issues WHERE check_code = 'coded:outcome_code'"
    assert query(drop, unknown) == [("2025", 6, "L2")]
    assert query(drop, "SELECT outcome FROM quality.checks WHERE check_code = 'readable:outcome_on'") == [("met",)]
    assert query(drop, "SELECT outcome, rows_broken FROM quality.checks WHERE check_code = 'sheets_read'") == [
        ("met", 0)
    ]


def test_without_a_mapping_nothing_is_guessed_and_what_was_not_read_is_reported(drop: Path) -> None:
    path = drop / "lado" / "2026-10-31" / "lado_log.xlsx"
    book = openpyxl.load_workbook(path)
    first = book["2025"]
    first.unmerge_cells("A1:D2")
    first.delete_rows(1, 3)
    ours = ["lado_ref", "subject_ref", "contact_type", "date_contact", "child_ids", "date_outcome", "outcome"]
    for at, heading in enumerate(ours, start=1):
        first.cell(1, at).value = heading
    book.save(path)
    nightly(drop)
    assert query(drop, "SELECT lado_ref, date_outcome, _sheet, _row FROM landing.lado_log") == [
        ("L1", "2026-03-09", "2025", 2),
        ("L2", "TBC", "2025", 3),
    ]
    told = "SELECT check_code, sheet, row_number FROM quality.issues WHERE check_code IN"
    assert query(drop, f"{told} ('readable:outcome_on', 'sheets_read') ORDER BY ALL") == [
        ("readable:outcome_on", "2025", 3),
        ("sheets_read", "2026", None),
        ("sheets_read", "Closed cases", None),
    ]
    broken = query(drop, "SELECT outcome, severity, rows_broken FROM quality.checks WHERE check_code = 'sheets_read'")
    assert broken == [("broken", "warning", 8)]
    (notes,) = query(drop, "SELECT notes FROM quality.arrivals WHERE source_table = 'lado_log'")[0]
    assert "Sheets that were not read: 2026 (4 filled rows), Closed cases (4 filled rows)" in notes
    touched = "SELECT checks_broken FROM profile.indicator_results WHERE indicator_code = 'LD07' AND is_current"
    assert all(count > 0 for (count,) in query(drop, touched)), "it counts against the figures the log feeds"


def test_two_tables_of_one_workbook_do_not_report_each_others_sheet_as_unread(published: tuple[Path, Outcome]) -> None:
    drop = published[0] / "drop"
    assert query(drop, "SELECT DISTINCT outcome FROM quality.checks WHERE check_code = 'sheets_read'") == [("met",)]


def test_a_rebuild_as_known_on_a_day_uses_the_mapping_known_then(drop: Path) -> None:
    say(drop)
    nightly(drop)
    outcomes = "SELECT outcome_code FROM records.allegations WHERE lado_ref = 'L1'"
    assert query(drop, outcomes) == [("SUBSTANTIATED",)]
    say(drop, "2026-09-01", founded="MALICIOUS")
    assert nightly(drop, NIGHT + WEEK).state == "published"
    assert query(drop, outcomes) == [("MALICIOUS",)], "the newest that is valid by the day of the extract"
    nightly(drop, NIGHT + 2 * WEEK, rebuilt=True, as_known_on=NIGHT.date())
    assert query(drop, outcomes) == [("SUBSTANTIATED",)]


def test_a_mapping_that_is_not_valid_yet_is_not_used(drop: Path) -> None:
    say(drop)
    say(drop, "2026-11-01", founded="MALICIOUS")
    nightly(drop)
    assert query(drop, "SELECT outcome_code FROM records.allegations WHERE lado_ref = 'L1'") == [("SUBSTANTIATED",)]


def test_a_mapping_that_cannot_be_used_is_refused_with_the_file_it_is_for(drop: Path) -> None:
    say(drop)
    say(drop, "2026-09-01", outcome="outcom")
    nightly(drop)
    refused = dict(query(drop, "SELECT file_name, refused_because FROM quality.arrivals WHERE status = 'refused'"))
    assert set(refused) == {"lado_log_2026-09-01.toml", "lado_log.xlsx"}, "never with the older one instead"
    assert all("lado_log has no column outcom" in because for because in refused.values())
    assert query(drop, "SELECT count(*) FROM records.allegations") == [(0,)]


def test_changes_between_two_deliveries_are_reported_for_mapped_logs_too(drop: Path) -> None:
    say(drop)
    nightly(drop)
    newer = drop / "lado" / "2026-11-07"
    newer.mkdir()
    book = openpyxl.load_workbook(drop / "lado" / "2026-10-31" / "lado_log.xlsx")
    book["2026"].append(["L5", "AD5", "Referral", LATER, None, None, None])
    book["Closed cases"].delete_rows(5)
    book.save(newer / "lado_log.xlsx")
    (newer / "_complete").touch()
    nightly(drop, NIGHT + WEEK)
    compared = "SELECT outcome, rows_new, rows_gone FROM quality.comparisons WHERE source_table = 'lado_log'"
    assert query(drop, compared) == [("compared", 1, 1)]
    landed = query(drop, "SELECT lado_ref, outcome, _sheet, _row FROM landing.lado_log")
    assert landed[0] == ("L1", "Founded", "2025", 5)
    assert landed[-1] == ("L5", None, "2026", 6)


def test_check_reads_as_the_nightly_run_would_and_names_sheet_and_row(
    drop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = drop / "lado" / "2026-10-31" / "lado_log.xlsx"
    code, out = said(capsys, "check", str(log))
    assert code == 1
    assert "REFUSED" in out
    mapping = say(drop)
    code, out = said(capsys, "check", str(log))
    assert code == 0
    assert f"Read with the mapping {mapping.name}" in out
    assert "sheet 2025 row 6" in out
    moved = drop.parent / mapping.name
    mapping.rename(moved)
    code, out = said(capsys, "check", str(log), "--mapping", str(moved), "--json")
    (table,) = json.loads(out)["tables"]
    assert (code, table["mapping"], table["rows_received"]) == (0, mapping.name, 4)
    code, out = said(capsys, "check", str(log), "--mapping", str(moved), "--as-at", "2026-03-31")
    assert "the nightly run does not use it for a file as at 2026-03-31" in out


def test_check_says_what_is_wrong_with_a_mapping(drop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good = say(drop)
    code, out = said(capsys, "check", str(good))
    assert code == 0
    assert "7 headings and 4 words of lado_log, from 2026-04-01, agreed by LADO manager on 2026-03-20" in out
    code, out = said(capsys, "check", str(good), "--json")
    assert (code, json.loads(out)["owner"]) == (0, "LADO manager")
    bad = say(drop, "2026-09-01", outcome="outcom")
    log = str(drop / "lado" / "2026-10-31" / "lado_log.xlsx")
    for arguments in (["check", str(bad)], ["check", log, "--mapping", str(bad)]):
        assert main(arguments) == 1
        err = capsys.readouterr().err
        assert "lado_log has no column outcom" in err
        assert "Nearest is outcome." in err
    assert main(["check", log, "--mapping", str(drop / "absent.toml")]) == 1
    assert "no such mapping" in capsys.readouterr().err
    assert main(["check", str(drop / "case_management" / "2026-10-31" / "ssd_person.csv"), "--mapping", str(good)]) == 1
    assert "The mapping is for lado_log" in capsys.readouterr().err


def test_a_protected_log_needs_the_secret_and_never_shows_it(
    drop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    say(drop)
    log = drop / "lado" / "2026-10-31" / "lado_log.xlsx"
    keep(log, WORDS)
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    because = "SELECT refused_because FROM quality.arrivals WHERE file_name = 'lado_log.xlsx'"
    nightly(drop)
    assert "is password-protected and its passphrase is not in the secret store" in query(drop, because)[0][0]
    (secrets / "workbook_passphrase").write_text("another one\n")
    nightly(drop, NIGHT + WEEK, str(secrets))
    assert "does not open it" in query(drop, because)[0][0]
    # The source's own wins over the one for all; a corrected passphrase is something new.
    (secrets / "workbook_passphrase_lado").write_text(f"{WORDS}\n", encoding="utf-8")
    assert nightly(drop, NIGHT + 2 * WEEK, str(secrets)).state == "published"
    assert query(drop, because) == [(None,)]
    assert query(drop, "SELECT count(*) FROM records.allegations") == [(4,)]
    assert nightly(drop, NIGHT + 3 * WEEK, str(secrets)).state == "nothing new"
    kept = [path for path in (tmp_path / "store").rglob("*") if path.is_file()]
    assert any(path.read_bytes() == log.read_bytes() for path in kept), "the store keeps the file as received"
    assert not [path for path in kept if WORDS.encode() in path.read_bytes()]
    # A rebuild needs it again.
    nightly(drop, NIGHT + 4 * WEEK, rebuilt=True)
    assert "its passphrase is not in the secret store" in query(drop, because)[0][0]
    output = capsys.readouterr()
    assert WORDS not in output.out + output.err


def test_check_opens_a_protected_log_with_the_secret(
    drop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    say(drop)
    log = drop / "lado" / "2026-10-31" / "lado_log.xlsx"
    keep(log, WORDS)
    assert said(capsys, "check", str(log))[0] == 1
    (tmp_path / "workbook_passphrase_lado").write_text(WORDS, encoding="utf-8")
    monkeypatch.setenv("DAYTWO_SECRETS", str(tmp_path))
    code, out = said(capsys, "check", str(log))
    assert code == 0
    assert "opened with the passphrase in the secret store" in out


def test_a_template_is_written_once_and_never_over_a_log(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code, out = said(capsys, "template", "private_fostering")
    assert code == 0
    assert "private_fostering and pf_visits" in out
    assert openpyxl.load_workbook("private_fostering.xlsx").sheetnames[:2] == ["private_fostering", "pf_visits"]
    assert main(["template", "private_fostering"]) == 1
    assert "A file of this name already" in capsys.readouterr().err
    code, out = said(capsys, "template", "private_fostering", "--to", "new.xlsx", "--json")
    assert json.loads(out) == {"file": "new.xlsx", "sheets": ["private_fostering", "pf_visits"]}
    assert main(["template", "lado", "--to", "absent/log.xlsx"]) == 1
    assert said(capsys, "check", "private_fostering.xlsx")[0] == 0
