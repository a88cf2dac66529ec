"""A person's decision about a waiting row: recorded once, applied the next night, used only if known by then."""

from __future__ import annotations

import csv
import datetime
import json
import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest

from flows.commands.command_line import main
from flows.commands.match import decide_row
from flows.commands.review import Review, read_review
from flows.publishing.run_nightly import Outcome, run_nightly
from flows.receiving.places import Folder
from flows.settings import Settings
from tests import small_council
from tests.small_council import NIGHT
from warehouse.problem import Problem
from warehouse.store.ledger import Ledger
from warehouse.store.local_folder import LocalFolder

pytestmark = pytest.mark.slow

DAY = datetime.timedelta(days=1)
RESTRICTED = "warehouse_restricted.duckdb"


def file_of(council: Path, name: str = RESTRICTED) -> Path:
    return council / "store" / "published" / name


def ledger_of(council: Path) -> Ledger:
    return Ledger(LocalFolder(council / "store"))


def decide(council: Path, table: str, key: str, child: str | None = None, **given: Any) -> dict[str, Any]:
    given = {"by": "A Analyst", "because": "seen with the partner", "at": NIGHT + DAY, **given}
    return decide_row(file_of(council), ledger_of(council), table, key, child=child, **given)


def review(council: Path) -> Review:
    return read_review(file_of(council), ledger_of(council))


def nightly(council: Path, nights: int, **given: Any) -> Outcome:
    given.setdefault("drop", Folder(council / "drop"))
    return run_nightly(
        LocalFolder(council / "store"), settings=Settings.read({}), started_at=NIGHT + nights * DAY, **given
    )


def query(file: Path, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(file), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def fostered(file: Path) -> tuple[Any, ...]:
    """The child of arrangement PF2, and how many private-fostering and LADO rows wait for a match in their figures."""
    (child,) = query(file, "SELECT child_id FROM records.private_fostering_arrangements WHERE pf_ref = 'PF2'")[0]
    waited = dict(
        query(
            file,
            "SELECT DISTINCT indicator_code, rows_unmatched FROM profile.indicator_results"
            " WHERE indicator_code IN ('PF02', 'LD07')",
        )
    )
    return child, waited["PF02"], waited["LD07"]


@pytest.fixture(scope="module")
def crossed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small council, published: its LADO log names a child from elsewhere together with one of ours."""
    folder = tmp_path_factory.mktemp("crossed")
    with pytest.MonkeyPatch.context() as patch:
        lines = small_council.LADO.strip().splitlines()
        ids = ["child_ids", "0001; 7777", "0002"]
        crossed = "\n".join(f"{line} | {one}" for line, one in zip(lines, ids, strict=True))
        patch.setattr(small_council, "LADO", f"\n{crossed}\n")
        small_council.write(folder / "drop")
    nightly(folder, 0)
    return folder


@pytest.fixture
def council(crossed: Path, tmp_path: Path) -> Path:
    shutil.copytree(crossed, tmp_path / "council")
    return tmp_path / "council"


def test_the_list_names_every_waiting_row_by_key_file_and_row_and_no_person(crossed: Path, tmp_path: Path) -> None:
    found = review(crossed)
    assert [(row.table, row.key, row.file, row.row, row.reason, row.ids_not_found) for row in found.waiting] == [
        ("lado_log", "LA1", "lado_log.xlsx", 2, "the child id is not in ssd_person", "7777"),
        ("nhs_dental", "D2", "nhs_dental.csv", 3, "no child in ssd_person has the NHS number", None),
        ("private_fostering", "PF2", "private_fostering.xlsx", 3, "the child id is not in ssd_person", "9999"),
    ]
    assert fostered(file_of(crossed)) == (None, 1, 1)
    found.write_csv(tmp_path / "waiting.csv")
    with (tmp_path / "waiting.csv").open(encoding="utf-8", newline="") as file:
        assert [row["key"] for row in csv.DictReader(file)] == ["LA1", "D2", "PF2"]
    with pytest.raises(Problem, match="A file of this name"):
        found.write_csv(tmp_path / "waiting.csv")
    told = "\n".join([*found.lines(20), json.dumps(found.as_json(), default=str)])
    names = query(file_of(crossed), "SELECT forename, surname FROM records.children")
    assert not [name for row in names for name in row if name in told]


def test_rows_of_restricted_tables_are_not_in_the_general_file(council: Path) -> None:
    decide(council, "private_fostering", "PF2", no_child=True)
    decide(council, "nhs_dental", "D2", "0002", at=NIGHT + 2 * DAY)
    (council / "drop" / "health" / "2026-10-31" / "nhs_camhs.csv").write_text(
        "referral_id,nhs_number,date_received\nCR9,,2026-01-05\n", encoding="utf-8"
    )
    nightly(council, 3)
    for file, waiting, decided in ((RESTRICTED, ["CR9", "LA1"], ["D2", "PF2"]), ("warehouse.duckdb", ["CR9"], ["D2"])):
        for table, keys in (("unmatched_rows", waiting), ("decisions", decided)):
            rows = query(file_of(council, file), f"SELECT key FROM quality.{table} ORDER BY 1")
            assert [key for (key,) in rows] == keys


def test_a_decision_is_applied_from_the_next_night_and_only_if_known_by_then(council: Path) -> None:
    said = decide(council, "private_fostering", "PF2", "0020")
    assert said["is_new"]
    assert decide(council, "private_fostering", "PF2", "0020", at=NIGHT + 2 * DAY) == {**said, "is_new": False}
    entry = ledger_of(council).entries()[-1]
    assert (entry.kind, entry.sequence) == ("decided", said["ledger_entry"])
    assert (entry.body["by"], entry.body["because"]) == ("A Analyst", "seen with the partner")
    (waiting,) = [row for row in review(council).waiting if row.key == "PF2"]
    assert waiting.decided_in == entry.sequence

    outcome = nightly(council, 2)
    assert outcome.state == "published", "a decision is evidence: there is something new"
    assert outcome.report is not None
    assert outcome.report.decisions == (("applied", 1),)
    assert fostered(file_of(council)) == ("0020", 0, 1)
    assert query(file_of(council), "FROM quality.decisions") == [
        ("private_fostering", "PF2", "matched to a child", "0020", "A Analyst",
         (NIGHT + DAY).replace(tzinfo=None), "seen with the partner", entry.sequence, "applied")
    ]  # fmt: skip
    assert nightly(council, 3).state == "nothing new"

    # The next week's delivery has the row again.
    small_council.write(council / "drop", as_at=datetime.date(2026, 11, 7))
    assert nightly(council, 8).state == "published"
    assert fostered(file_of(council)) == ("0020", 0, 0)

    # As known before the decision, the row waits.
    before = nightly(council, 9, as_known_on=entry.sequence - 1, publishing=False)
    assert before.warehouse is not None
    assert fostered(before.warehouse) == (None, 1, 1)
    assert query(before.warehouse, "FROM quality.decisions") == []

    # Withdrawn, it waits again.
    decide(council, "private_fostering", "PF2", withdraw=True, at=NIGHT + 10 * DAY)
    assert nightly(council, 11).state == "published"
    assert fostered(file_of(council)) == (None, 1, 0)
    with pytest.raises(Problem, match="no decision to withdraw"):
        decide(council, "private_fostering", "PF2", withdraw=True, at=NIGHT + 12 * DAY)


def test_a_later_decision_replaces_the_earlier_and_a_row_waits_if_its_child_is_gone(council: Path) -> None:
    decide(council, "lado_log", "LA1", no_child=True)
    decide(council, "lado_log", "LA1", "0003; 0020", at=NIGHT + 2 * DAY)
    decide(council, "private_fostering", "PF2", "0019", at=NIGHT + 2 * DAY)
    people = council / "drop" / "case_management" / "2026-10-31" / "ssd_person.csv"
    lines = people.read_text(encoding="utf-8").splitlines(keepends=True)
    people.write_text("".join(line for line in lines if not line.startswith("0020")), encoding="utf-8")
    assert nightly(council, 3).state == "published"
    found = review(council)
    assert [(row.key, row.reason) for row in found.waiting if row.table == "lado_log"] == [
        ("LA1", "a person matched it to a child who is not in ssd_person")
    ]
    assert [(one.key, one.child_ids, one.outcome) for one in found.decided] == [
        ("LA1", "0003;0020", "waits: the child is not in ssd_person"),
        ("PF2", "0019", "applied"),
    ]
    assert "lado_log LA1" in "\n".join(found.lines(20))


@pytest.mark.parametrize(
    ("table", "key", "given", "what"),
    [
        ("nhs_dentist", "PF2", {"child": "0001"}, "do not wait for a match"),
        ("ssd_person", "0001", {"child": "0001"}, "do not wait for a match"),
        ("private_fostering", "PF9", {"child": "0001"}, "no such row"),
        ("private_fostering", "PF1", {"child": "0001"}, "already matched"),
        ("private_fostering", "PF2", {"child": "8888"}, "not in the published warehouse"),
        ("private_fostering", "PF2", {"child": "0001;0002"}, "belongs to one child"),
        ("private_fostering", "PF2", {"child": " ; "}, "No child is named"),
        ("lado_log", "LA1", {"child": "0001;8888"}, "Not all the children"),
        ("private_fostering", "PF2", {}, "Give one decision"),
        ("private_fostering", "PF2", {"child": "0001", "no_child": True}, "Give one decision"),
        ("private_fostering", "PF2", {"child": "0001", "by": "  "}, "a person and a reason"),
        ("private_fostering", "PF2", {"no_child": True, "because": ""}, "a person and a reason"),
        ("private_fostering", "PF2", {"withdraw": True}, "no decision to withdraw"),
    ],
)
def test_a_decision_that_cannot_be_made_writes_nothing(
    crossed: Path, table: str, key: str, given: dict[str, Any], what: str
) -> None:
    before = ledger_of(crossed).head()
    with pytest.raises(Problem, match=what) as raised:
        decide(crossed, table, key, **given)
    assert "8888" not in str(raised.value)
    assert ledger_of(crossed).head() == before


def test_the_commands_as_people_type_them(council: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = ["--store", str(council / "store")]
    assert main(["review", *store]) == 0
    assert "private_fostering: 1 row waiting\n  PF2  (2026-05-01; private_fostering.xlsx" in capsys.readouterr().out
    decided = ["match", "private_fostering", "PF2", "--no-child", "--by", "A Analyst", "--reason", "moved away"]
    assert main([*decided, *store, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["children"] == []
    assert main([*decided, *store]) == 0
    assert "nothing was written" in capsys.readouterr().out
    assert main(["review", *store, "--csv", str(tmp_path / "list.csv")]) == 0
    assert "3 rows waiting" in capsys.readouterr().out
    assert main(["review", *store, "--json"]) == 0
    assert [bool(row["decided_in"]) for row in json.loads(capsys.readouterr().out)["waiting"]] == [False, False, True]
    assert main(["match", "lado_log", "LA9", "0001", "--by", "A", "--reason", "b", *store]) == 1
    assert "There is no such row" in capsys.readouterr().err
