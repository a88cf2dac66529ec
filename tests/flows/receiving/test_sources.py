"""The file of sources is read fact by fact, and says when a source is late, even when the clocks change."""

from __future__ import annotations

import datetime
from dataclasses import fields
from pathlib import Path

import pytest

from flows.receiving.sources import FACTS, Late, Source, Sources, late_sources, read_sources
from warehouse.england_time import LONDON
from warehouse.problem import Problem
from warehouse.store.ledger import Entry, Ledger
from warehouse.store.local_folder import LocalFolder

WHOLE = """
[case_management]
kind = "sql"
schema = "ssd"
tables = ["ssd_*"]
expected = {weekday = "monday", by = "07:30"}

[health]
kind = "sftp"
place = "sftp://files.example.org:2222/outgoing"
user = "council"
known_hosts = "/etc/daytwo/known_hosts"
files = ["*.csv"]
expected = {by = 09:00:00}

[council]
kind = "folder"
place = "/mnt/hr"
as_at = "file_name"

[lado]
kind = "s3"
place = "s3://drops/lado"

[private_fostering]
kind = "delivered"
expected = {weekday = "Friday", by = "17:00", days_old = 14}
"""


def sources(tmp_path: Path, text: str) -> Sources:
    path = tmp_path / "sources.toml"
    path.write_text(text, encoding="utf-8")
    return read_sources(path)


def london(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text).replace(tzinfo=LONDON)


def ledger_of(tmp_path: Path, *received: tuple[str, str | None, datetime.datetime]) -> list[Entry]:
    ledger = Ledger(LocalFolder(tmp_path / "store"))
    for number, (source, as_at, at) in enumerate(received):
        body = {"source": source, "as_at": as_at, "file_name": "x.csv", "sha256": f"{number:064d}", "size": 1}
        ledger.append("received", body, at)
    return ledger.entries()


def test_every_fact_of_a_source_is_read(tmp_path: Path) -> None:
    found = sources(tmp_path, WHOLE).by_name
    assert list(found) == ["case_management", "health", "council", "lado", "private_fostering"]
    assert found["case_management"].as_at == "pulled"
    assert (found["case_management"].schema, found["case_management"].files) == ("ssd", ("ssd_*",))
    assert found["health"].server() == ("files.example.org", 2222, "/outgoing")
    assert (found["health"].user, found["health"].known_hosts) == ("council", "/etc/daytwo/known_hosts")
    assert [source.expected.said() for source in found.values() if source.expected] == [
        "monday by 07:30",
        "every day by 09:00",
        "friday by 17:00",
    ]
    assert found["council"].as_at == "file_name"
    assert found["lado"].place == "s3://drops/lado"
    assert [source.name for source in sources(tmp_path, WHOLE).pulled()] == list(found)[:-1]


def test_a_pattern_ignores_case_and_no_pattern_matches_everything() -> None:
    assert Source("health", "folder", files=("*.csv",)).takes("NHS.CSV")
    assert not Source("health", "folder", files=("*.csv",)).takes("readme.txt")
    assert Source("health", "folder").takes("readme.txt")


FOLDER = '[health]\nkind = "folder"\nplace = "/mnt/health"\n'
SERVER = '[health]\nkind = "sftp"\nuser = "a"\nknown_hosts = "/k"\nplace = '


@pytest.mark.parametrize(
    ("text", "what", "where", "fix"),
    [
        (FOLDER + 'palce = "x"\n', "No fact is called palce", "[health], palce", "Nearest is place."),
        (FOLDER + 'user = "x"\n', "No fact is called user", "[health], user", "Use one of: kind"),
        ('[health]\nkind = "sftpp"\n', "not one of the known words", "[health], kind", "Nearest is sftp."),
        ('[health]\nplace = "/mnt"\n', "kind is missing", "[health], kind", "Use one of: folder"),
        ('[health]\nkind = "folder"\n', "place is missing", "[health], place", "Add place."),
        ('[health]\nkind = "folder"\nplace = "mnt"\n', "not an absolute path", "[health], place", "Start it with /"),
        ('[health]\nkind = "s3"\nplace = "/mnt"\n', "address of a bucket", "[health], place", "s3://bucket"),
        (SERVER + '"files.example.org"\n', "address of an SFTP", "[health], place", "sftp://host"),
        (SERVER + '"sftp://files.example.org:x/"\n', "address of an SFTP", "[health], place", "sftp://host"),
        (SERVER + '"sftp://a:b@files.example.org/"\n', "names an account", "[health], place", "folder of secrets"),
        (
            '[health]\nkind = "sql"\nas_at = "folder"\n',
            "not one of the known words",
            "[health], as_at",
            "Use one of: pulled",
        ),
        (FOLDER + 'files = ["a/*.csv"]\n', "names a folder", "[health], files", "*.csv"),
        (FOLDER + "files = [1]\n", "files is not text in quotation marks or a list", "[health], files", "*.csv"),
        (FOLDER + 'expected = "monday"\n', "not a table", "[health], expected", "weekday"),
        (
            FOLDER + 'expected = {weekday = "mondy", by = "9"}\n',
            "not a day",
            "[health], expected",
            "Nearest is monday.",
        ),
        (FOLDER + 'expected = {weekday = "monday"}\n', "by is missing", "[health], expected", "09:00"),
        (FOLDER + 'expected = {by = "09:00+01:00"}\n', "not a time of day", "[health], expected", "09:00"),
        (FOLDER + 'expected = {by = "09:00", day_old = 2}\n', "No fact is called day_old", "[health]", "days_old"),
        (FOLDER + 'expected = {by = "09:00", days_old = -1}\n', "number of days", "[health], expected", "such as 1"),
        ('[Health]\nkind = "delivered"\n', "not a source", "Health", "[health]"),
        ('health = "folder"\n', "not a source", "health", "[health]"),
        ("[health\n", "not TOML", "sources.toml", "quotation marks"),
    ],
)
def test_a_fact_that_cannot_be_understood_is_refused_by_table_and_key(
    tmp_path: Path, text: str, what: str, where: str, fix: str
) -> None:
    with pytest.raises(Problem) as refused:
        sources(tmp_path, text)
    assert what in refused.value.what
    assert where in refused.value.where
    assert fix in refused.value.fix


def test_a_missing_file_is_a_problem_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="cannot be read") as refused:
        read_sources(tmp_path / "sources.toml")
    assert "sources.toml" in refused.value.where


WEEKLY = '[health]\nkind = "delivered"\nexpected = {weekday = "monday", by = "09:00"}\n'
DAILY = '[health]\nkind = "delivered"\nexpected = {by = "09:00"}\n'


def late(tmp_path: Path, text: str, now: str, *received: tuple[str, str | None, datetime.datetime]) -> list[Late]:
    return late_sources(sources(tmp_path, text), ledger_of(tmp_path, *received), london(now))


def test_a_source_is_late_from_when_it_was_due_until_it_arrives(tmp_path: Path) -> None:
    last_week = ("health", "2026-10-24", london("2026-10-26T06:00"))
    assert late(tmp_path, WEEKLY, "2026-11-02T08:59", last_week) == []
    assert late(tmp_path, WEEKLY, "2026-11-02T09:00", last_week) == [
        Late("health", london("2026-11-02T09:00"), last_week[2], datetime.date(2026, 10, 24))
    ]
    came = ("health", "2026-10-31", london("2026-11-03T11:00"))
    assert late(tmp_path, WEEKLY, "2026-11-04T09:00", came) == []


def test_a_source_that_never_delivered_is_late(tmp_path: Path) -> None:
    assert late(tmp_path, WEEKLY, "2026-11-04T12:00") == [Late("health", london("2026-11-02T09:00"), None, None)]


def test_last_weeks_delivery_arriving_late_does_not_count_as_this_weeks(tmp_path: Path) -> None:
    came_on_tuesday = ("health", "2026-10-24", london("2026-10-27T10:00"))
    assert late(tmp_path, WEEKLY, "2026-10-28T09:00", came_on_tuesday) == []
    assert [one.due for one in late(tmp_path, WEEKLY, "2026-11-02T09:00", came_on_tuesday)] == [
        london("2026-11-02T09:00")
    ]


def test_a_source_that_is_always_older_says_so(tmp_path: Path) -> None:
    """True for the Friday ten days before."""
    came = ("health", "2026-10-23", london("2026-11-02T08:00"))
    assert late(tmp_path, WEEKLY, "2026-11-02T09:00", came)
    assert late(tmp_path, WEEKLY.replace('"09:00"', '"09:00", days_old = 10'), "2026-11-02T09:00", came) == []


def test_a_source_due_every_day_may_be_as_at_the_day_before(tmp_path: Path) -> None:
    yesterday = ("health", "2026-11-02", london("2026-11-03T05:00"))
    assert late(tmp_path, DAILY, "2026-11-03T10:00", yesterday) == []
    assert len(late(tmp_path, DAILY, "2026-11-04T10:00", yesterday)) == 1


def test_undated_sources_count_from_when_they_arrived_and_withdrawn_files_do_not_count(tmp_path: Path) -> None:
    text = WEEKLY.replace("health", "documents")
    assert late(tmp_path, text, "2026-11-02T09:00", ("documents", None, london("2026-10-30T10:00"))) == []
    ledger = Ledger(LocalFolder(tmp_path / "store"))
    ledger.append("withdrawn", {"sha256": f"{0:064d}"}, london("2026-10-31T10:00"))
    assert len(late_sources(sources(tmp_path, text), ledger.entries(), london("2026-11-02T09:00"))) == 1


def test_other_sources_and_sources_without_a_due_time_are_never_late(tmp_path: Path) -> None:
    other = ("lado", "2026-10-31", london("2026-11-02T08:00"))
    assert len(late(tmp_path, WEEKLY, "2026-11-02T09:00", other)) == 1
    assert late(tmp_path, FOLDER, "2026-11-02T09:00") == []


@pytest.mark.parametrize(
    ("now", "due"),
    [
        # The clocks go forward on Sunday 28 March 2027 and back on Sunday 31 October 2027.
        ("2027-03-28T07:59:00+00:00", "2027-03-27T09:00:00+00:00"),
        ("2027-03-28T08:00:00+00:00", "2027-03-28T08:00:00+00:00"),
        ("2027-10-31T08:59:00+00:00", "2027-10-30T08:00:00+00:00"),
        ("2027-10-31T09:00:00+00:00", "2027-10-31T09:00:00+00:00"),
    ],
)
def test_nine_in_the_morning_is_nine_in_the_morning_when_the_clocks_change(tmp_path: Path, now: str, due: str) -> None:
    expected = sources(tmp_path, DAILY).by_name["health"].expected
    assert expected is not None
    found = expected.last_due(datetime.datetime.fromisoformat(now))
    assert found.astimezone(datetime.UTC) == datetime.datetime.fromisoformat(due)
    assert (expected.before(found).hour, expected.next_due(found).hour) == (9, 9)


def test_an_hour_that_occurs_twice_or_not_at_all_is_due_once(tmp_path: Path) -> None:
    expected = sources(tmp_path, DAILY.replace("09:00", "01:30")).by_name["health"].expected
    assert expected is not None
    for day in ("2027-03-28", "2027-10-31"):
        moment = datetime.datetime.fromisoformat(f"{day}T00:00:00+00:00")
        minutes = [moment + datetime.timedelta(minutes=15 * step) for step in range(-8, 110)]
        dues = [expected.last_due(minute).astimezone(datetime.UTC) for minute in minutes]
        assert dues == sorted(dues)
        assert len(set(dues)) == 3, "the day before, the day itself and the day after"


def test_the_example_for_operators_can_be_read_unchanged(tmp_path: Path) -> None:
    page = (Path(__file__).resolve().parents[3] / "docs" / "pulling.md").read_text(encoding="utf-8")
    example = page.split("```toml\n")[1].split("```")[0]
    assert [source.kind for source in sources(tmp_path, example)] == ["sql", "sftp", "folder", "s3", "delivered"]
    documented = {
        name for line in page.splitlines() if line.startswith("| `") for name in line.split("|")[1].split("`")
    }
    assert {fact.name for facts in FACTS.values() for fact in fields(facts)} <= documented
