from __future__ import annotations

import csv
import datetime
import hashlib
import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import pypdf
import pytest
from pack_world import AS_AT, AUTHORITY, RECEIVED_AT, PackWorld, make_world, rows_of

from transforms.evidence import bag
from transforms.evidence.build_pack import PackSummary, build_pack
from transforms.evidence.framework import Framework, load_framework
from warehouse.problem import Problem


@dataclass(frozen=True)
class Built:
    world: PackWorld
    folder: Path
    summary: PackSummary

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def text(self, name: str) -> str:
        return " ".join(" ".join(page.extract_text().split()) for page in pypdf.PdfReader(self.data / name).pages)

    def ask(self, ask_id: str) -> tuple[str, tuple[str, ...]]:
        found = next(one.readiness for one in self.summary.requests if one.request.id == ask_id)
        return found.status, found.reasons


def build(world: PackWorld, folder: Path, framework: Framework | None = None) -> Built:
    with world.connection() as connection:
        summary = build_pack(
            connection,
            framework or load_framework("slac_2009"),
            RECEIVED_AT,
            documents=world.document,
            folder=folder,
            version=1,
            authority_name=AUTHORITY,
        )
    return Built(world, folder, summary)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> PackWorld:
    return make_world(tmp_path_factory.mktemp("world"))


@pytest.fixture(scope="module")
def built(world: PackWorld, tmp_path_factory: pytest.TempPathFactory) -> Built:
    return build(world, tmp_path_factory.mktemp("packs") / "pack")


def children(path: Path, sheet: str) -> list[str]:
    return rows_of(path, sheet)["Child"].to_list()


# ---------------------------------------------------------------- the same inputs


def test_the_same_inputs_give_the_same_content_hash_in_another_folder_and_process(
    world: PackWorld, built: Built, tmp_path: Path
) -> None:
    script = (
        "import datetime, sys; from pathlib import Path; from pack_world import *;"
        "from transforms.evidence.build_pack import build_pack;"
        "from transforms.evidence.framework import load_framework;"
        "from transforms.evidence import bag; world = PackWorld(Path(sys.argv[1]), Path(sys.argv[2]));"
        "folder = Path(sys.argv[3]);"
        "build_pack(world.connection(), load_framework('slac_2009'), RECEIVED_AT, documents=world.document,"
        " folder=folder, version=1, authority_name=AUTHORITY);"
        "print(bag.seal(folder, bagged_on=datetime.date(2026, 11, 2), info={}).content_hash)"
    )
    root = Path(__file__).parents[3]
    other = tmp_path / "elsewhere" / "another name"
    ran = subprocess.run(
        [sys.executable, "-c", script, str(world.database), str(world.extracts), str(other)],
        env={
            **os.environ,
            "PYTHONPATH": f"{root}:{Path(__file__).parent}",
            "PYTHONHASHSEED": "77",
            "TZ": "Pacific/Auckland",
            "LC_ALL": "C",
        },
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    here = {file: hashlib.sha256((built.folder / file).read_bytes()).hexdigest() for file in built.summary.files}
    there = {file: hashlib.sha256((other / file).read_bytes()).hexdigest() for file in built.summary.files}
    assert here == there
    assert ran.stdout.strip() == bag.content_hash(here)


def test_a_moment_with_englands_zone_gives_the_same_pack_as_one_without(
    world: PackWorld, built: Built, tmp_path: Path
) -> None:
    with world.connection() as connection:
        build_pack(
            connection,
            load_framework("slac_2009"),
            datetime.datetime(2026, 11, 2, 9, 14, tzinfo=datetime.UTC),  # November: England keeps UTC
            documents=world.document,
            folder=tmp_path / "pack",
            version=1,
            authority_name=AUTHORITY,
        )
    assert [(tmp_path / "pack" / file).read_bytes() for file in built.summary.files] == [
        (built.folder / file).read_bytes() for file in built.summary.files
    ]


def test_nothing_in_the_payload_holds_a_path_or_the_clock(built: Built) -> None:
    now = datetime.datetime.now(tz=datetime.UTC)
    for path in built.data.rglob("*"):
        if path.suffix in {".json", ".csv", ".ics"}:
            text = path.read_text("utf-8")
            assert str(built.world.database.parent) not in text
            assert "case_management/2026" not in text
            assert f"{now:%Y-%m-%dT%H}" not in text
        if path.suffix == ".pdf" and "00_register" in path.name:
            assert pypdf.PdfReader(path).metadata is not None
            assert "/CreationDate" not in (pypdf.PdfReader(path).metadata or {})


# ---------------------------------------------------------------- readiness


def test_each_request_stands_as_the_worst_of_its_answers(built: Built) -> None:
    assert built.ask("slac_lscb_min") == ("ready", ())
    assert built.ask("slac_scr") == ("missing", ("not in the register",))
    status, reasons = built.ask("slac_wf")
    assert (status, reasons[:2]) == ("missing", ("WF01: not measured yet", "WF02: not measured yet"))
    assert built.ask("slac_cases") == ("doubtful", ("2 rows set aside",))


def test_a_column_that_is_absent_makes_the_figures_request_missing_and_says_so(built: Built) -> None:
    status, reasons = built.ask("slac_pm")
    assert status == "missing"
    assert "CL04: column accom_suitable is absent" in reasons
    assert "unmatched rows affect HE01 (4)" in reasons
    assert "rows set aside affect CP08 (2), NI64 (2)" in reasons


def test_documents_are_stale_missing_or_not_carried_for_the_reason_there_is(built: Built) -> None:
    answers = {
        one.title: one.readiness
        for one in next(a for a in built.summary.requests if a.request.id == "slac_unv").answers
    }
    assert answers["Thresholds"].status == "stale"
    assert answers["Thresholds"].reasons == ("review was due on 31 January 2026",)
    assert answers["Joint strategic needs assessment (JSNA)"].reasons == (
        "in the register, but its file was not received",
    )
    assert answers["Corporate parenting strategy"].reasons == ("packs do not include this kind of file",)


def test_a_list_whose_extract_did_not_come_is_missing_not_empty(world: PackWorld, tmp_path: Path) -> None:
    other = make_world(tmp_path / "world")
    with duckdb.connect(str(other.database)) as connection:
        connection.execute("DELETE FROM quality.arrivals WHERE source_table = 'ssd_cp_plans'")
        connection.execute("UPDATE quality.sources SET is_stale = true, days_older = 7 WHERE source = 'council'")
    found = build(other, tmp_path / "pack")
    assert found.ask("slac_cases")[0] == "missing"
    assert "ssd_cp_plans was not received" in found.ask("slac_cases")[1]
    complaints = next(one for one in found.summary.requests if one.request.id == "slac_complaints")
    assert [one.readiness.status for one in complaints.answers if one.product == "tables"] == ["stale"]


def test_a_list_that_disagrees_with_its_figure_is_doubtful_with_both_counts(built: Built) -> None:
    assert "LA03 counts 6, the list 5 before rows were left off" in built.ask("slac_survey")[1]


# ---------------------------------------------------------------- lists


def test_the_six_months_before_the_as_at_date_are_open_at_their_far_end(built: Built) -> None:
    referrals = rows_of(built.data / "03_lists/01_referrals.xlsx", "Referrals of the last six")
    # F01 was referred on 30 April: six months before 31 October, and so outside.
    assert "F01" not in referrals["Referral"].to_list()
    assert referrals.height == 9
    assessments = rows_of(built.data / "03_lists/02_assessments.xlsx", "Assessments of the last six")
    assert assessments["Assessment"].to_list() == ["A02", "A03"]


def test_what_ended_on_the_as_at_date_or_is_anothers_is_on_no_open_list(built: Built) -> None:
    plans = rows_of(built.data / "03_lists/04_child_protection_plans.xlsx", "Open child protection plans")
    assert plans["Plan"].to_list() == ["K02", "K03"]
    assert plans["Second or later plan"].to_list() == ["Yes", "No"]
    in_need = rows_of(built.data / "03_lists/03_children_in_need.xlsx", "Open child in need episodes")
    assert not {"F02", "F03"} & set(in_need["Episode"].to_list())  # no further action; closed that day
    looked_after = children(built.data / "03_lists/05_looked_after_children.xlsx", "Looked after children")
    assert looked_after == ["C01", "C02", "C03", "C04", "C05", "C06", "C12"]  # C13 has short breaks only


def test_a_list_carries_the_columns_asked_for_each_with_the_request_it_serves(built: Built) -> None:
    asked = load_framework("slac_2009").list_asked("referrals")
    path = built.data / "03_lists/01_referrals.xlsx"
    serves = rows_of(path, "What each column serves")
    assert serves["Column"].to_list() == rows_of(path, "Referrals of the last six").columns
    assert serves["Request"].to_list() == list(asked.columns.values())
    assert set(serves["Sourcing"].to_list()) == {"inferred"}


def test_codes_are_shown_in_words_and_an_unknown_one_is_said_to_be(built: Built) -> None:
    looked_after = rows_of(built.data / "03_lists/05_looked_after_children.xlsx", "Looked after children")
    by_child = dict(zip(looked_after["Child"], looked_after["Ethnic group"], strict=True))
    assert by_child["C01"] == "White British"
    assert by_child["C02"] == "ZZZZ (unknown code)"


def test_names_are_only_in_the_key_and_not_of_who_left_by_adoption(built: Built) -> None:
    key = rows_of(built.data / "03_lists/names_key.xlsx", "Key to names")
    names = dict(zip(key["Child"], key["Forename"], strict=True))
    assert names["C01"] == "Ada"
    assert names["C08"] is None
    for path in built.data.rglob("*"):
        if path.is_file() and path.name != "names_key.xlsx" and path.suffix in {".json", ".csv", ".ics"}:
            assert "Ada" not in path.read_text("utf-8"), path.name
        if path.suffix == ".xlsx" and path.name != "names_key.xlsx":
            import fastexcel

            for sheet in fastexcel.read_excel(path).sheet_names:
                assert "Ada" not in str(rows_of(path, sheet).rows()), path.name


# ---------------------------------------------------------------- survey contacts


def test_who_died_left_by_adoption_or_must_not_be_contacted_is_on_no_survey_list(built: Built) -> None:
    looked_after = built.data / "04_survey_contacts/01_looked_after_children_to_survey.xlsx"
    left = built.data / "04_survey_contacts/02_care_leavers_to_survey.xlsx"
    assert children(looked_after, "Looked after children to survey") == ["C01", "C03", "C05", "C12"]
    sheet = "Young people who left care in"
    assert rows_of(left, sheet)["Young person"].to_list() == ["C10", "C12"]
    assert {name: one.left_off for name, one in built.summary.resolved.lists.items() if one.left_off} == {
        "looked_after_children_to_survey": {"died": 1, "younger than the survey age": 2},
        "care_leavers_to_survey": {"died": 1, "left by adoption": 1, "must not be contacted": 1},
    }


def test_a_column_says_aged_8_or_over_to_the_day_and_nothing_without_a_date_of_birth(built: Built) -> None:
    path = built.data / "04_survey_contacts/01_looked_after_children_to_survey.xlsx"
    rows = rows_of(path, "Looked after children to survey")
    aged = dict(zip(rows["Child"], rows["Aged 8 or over"], strict=True))
    assert aged == {"C01": "Yes", "C03": "Yes", "C05": None, "C12": "Yes"}  # C03 is 8 on the as-at date


def test_the_frameworks_setting_decides_who_leaves_by_age(world: PackWorld, tmp_path: Path) -> None:
    slac = load_framework("slac_2009")
    everyone = replace(slac, settings=replace(slac.settings, survey_minimum_age=0))
    found = build(world, tmp_path / "pack", everyone)
    rows = rows_of(
        found.data / "04_survey_contacts/01_looked_after_children_to_survey.xlsx", "Looked after children to survey"
    )
    aged = dict(zip(rows["Child"], rows["Aged 8 or over"], strict=True))
    assert (aged["C02"], aged["C04"]) == ("No", "No")
    assert "C06" not in aged


def test_contact_is_care_of_the_worker_and_one_without_a_worker_is_counted(built: Built) -> None:
    path = built.data / "04_survey_contacts/01_looked_after_children_to_survey.xlsx"
    rows = rows_of(path, "Looked after children to survey")
    contact = dict(zip(rows["Child"], rows["Contact care of"], strict=True))
    assert contact["C01"] == "Robin Example, Children in care North"
    assert contact["C03"] is None
    assert "1 with no worker to write to" in built.ask("slac_survey")[1]


# ---------------------------------------------------------------- documents


def test_no_name_from_the_register_decides_where_a_file_is_written(built: Built) -> None:
    names = sorted(path.name for path in (built.data / "05_documents").iterdir())
    assert "slac_self_etc_passwd.pdf" in names
    assert all(re.fullmatch(r"[a-z0-9_]+\.(pdf|xlsx)", name) for name in names)
    assert not list(built.folder.parent.glob("**/passwd*"))


def test_the_last_six_minutes_are_carried_and_no_older_ones(built: Built) -> None:
    names = [path.name for path in (built.data / "05_documents").glob("slac_lscb_min_*")]
    assert sorted(names) == [f"slac_lscb_min_lscb_minutes_2026_0{month}.pdf" for month in range(4, 10)]


def test_a_file_that_is_not_as_it_was_received_is_missing_and_not_carried(tmp_path: Path) -> None:
    world = make_world(tmp_path / "world")
    content = b"%PDF-1.7\n% an invented document: thr-1"
    (world.extracts / hashlib.sha256(content).hexdigest()).write_bytes(b"%PDF something else")
    found = build(world, tmp_path / "pack")
    reasons = found.ask("slac_unv")[1]
    assert "its file has changed since it was received" in reasons
    assert not list((found.data / "05_documents").glob("*thr_1*"))


# ---------------------------------------------------------------- evidence and tidy data


def test_the_manifest_names_every_extract_the_code_and_the_ledger(built: Built) -> None:
    manifest = json.loads((built.data / "07_evidence_manifest.json").read_text("utf-8"))
    assert manifest["ledger"] == {"sequence": 143, "head": "a" * 64}
    assert (manifest["as_at"], manifest["as_known_on"]) == ("2026-10-31", "2026-11-01T03:02:00+00:00")
    assert manifest["code_version"] == "0.1.0+abc1234"
    plans = next(one for one in manifest["extracts"] if one["source_table"] == "ssd_cp_plans")
    assert plans["sha256"] == hashlib.sha256(b"ssd_cp_plans").hexdigest()
    assert plans["file"] == "ssd_cp_plans.csv"
    carried = next(one for one in manifest["documents"] if one["answers"] == "slac_self")
    assert hashlib.sha256((built.folder / carried["file"]).read_bytes()).hexdigest() == carried["sha256"]


def test_tidy_data_is_described_field_by_field_and_holds_small_numbers_back(built: Built) -> None:
    folder = built.data / "08_tidy"
    package = json.loads((folder / "datapackage.json").read_text("utf-8"))
    for resource in package["resources"]:
        content = (folder / resource["path"]).read_bytes()
        assert resource["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
        header = next(csv.reader(content.decode().splitlines()))
        assert [field["name"] for field in resource["schema"]["fields"]] == header
    results = list(csv.DictReader((folder / "indicator_results.csv").read_text("utf-8").splitlines()))
    current = {(row["indicator_code"], row["period_kind"]): row for row in results if row["is_current"] == "true"}
    assert current["NI64", "rolling_12_months"]["value"] == "6.25"
    allegations = current["LD07", "rolling_12_months"]  # 11 of 14: the 3 others would be given away
    assert (allegations["numerator"], allegations["denominator"], allegations["value"]) == ("", "", "")
    assert allegations["held_back_because"]
    few = current["NI67", "snapshot"]  # 4 of 5
    assert (few["numerator"], few["denominator"], few["value"]) == ("4.0", "5.0", "")
    fields = {field["name"]: field for field in package["resources"][0]["schema"]["fields"]}
    assert fields["value"]["type"] == "number"
    assert "unrounded" in fields["value"]["description"]


def test_the_statement_names_rows_by_file_and_row_and_carries_no_key_or_content(built: Built) -> None:
    rows = rows_of(built.data / "06_data_quality.xlsx", "Rows set aside")
    assert ("ssd_cp_plans", "ssd_cp_plans.csv", "4") in [
        (row["Table"], row["File"], row["Row in the file"]) for row in rows.iter_rows(named=True)
    ]
    assert "4, 17" in built.text("06_data_quality.pdf")
    for path in (built.data / "06_data_quality.pdf", built.data / "06_data_quality.xlsx"):
        text = built.text(path.name) if path.suffix == ".pdf" else str(rows.rows())
        assert "secret" not in text


# ---------------------------------------------------------------- the cover


def test_the_cover_says_what_is_asked_for_when_it_is_due_and_how_well_that_is_sourced(built: Built) -> None:
    cover = built.text("00_cover.pdf")
    for asked in load_framework("slac_2009").documents:
        assert asked.title.split(":")[0] in cover
    assert "Draft until released" in cover
    assert "Tuesday 3 November 2026" in cover
    assert "inferred" in cover
    assert "unverified" in cover
    assert "ssd_cp_plans" in cover.replace("\u200b", "")  # where the rows set aside are listed


def test_a_later_version_says_what_changed(world: PackWorld, tmp_path: Path) -> None:
    with world.connection() as connection:
        build_pack(
            connection,
            load_framework("slac_2009"),
            RECEIVED_AT,
            documents=world.document,
            folder=tmp_path / "pack",
            version=2,
            authority_name=AUTHORITY,
            changes=["The list of referrals was corrected."],
        )
    cover = Built(world, tmp_path / "pack", None).text("00_cover.pdf")  # type: ignore[arg-type]
    assert "What changed since the previous version" in cover
    assert "The list of referrals was corrected." in cover


def test_a_folder_that_holds_a_pack_already_is_not_written_into(world: PackWorld, built: Built) -> None:
    with pytest.raises(Problem, match="already contains a pack"):
        build(world, built.folder)


def test_a_warehouse_that_names_no_run_is_refused(tmp_path: Path) -> None:
    world = make_world(tmp_path / "world")
    with duckdb.connect(str(world.database)) as connection:
        connection.execute("DELETE FROM quality.run")
    with pytest.raises(Problem, match="which run built it"):
        build(world, tmp_path / "pack")


def test_the_pack_speaks_of_the_runs_as_at_date(built: Built) -> None:
    assert built.summary.as_at == AS_AT
    assert "As at 31 October 2026, as known on 1 November 2026 03:02" in built.text("00_cover.pdf")


def test_the_engine_names_no_framework() -> None:
    source = Path(__file__).parents[3] / "transforms" / "evidence"
    engine = [*source.glob("*"), *(source / "documents").rglob("*")]
    assert source / "build_pack.py" in engine
    for path in engine:
        if path.suffix in {".py", ".typ", ".sql"}:
            assert not re.search("slac|ilacs|ofsted|lscb", path.read_text("utf-8"), re.IGNORECASE), path.name
