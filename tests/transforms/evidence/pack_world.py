"""An invented council's warehouse for the tests of the pack: children each there for a reason, or many for size."""

from __future__ import annotations

import datetime
import hashlib
from dataclasses import dataclass
from pathlib import Path

import duckdb
import polars as pl

from transforms.records.working_days import build_calendar
from warehouse import catalogue
from warehouse.database import create, has_table

AS_AT = datetime.date(2026, 10, 31)
RECEIVED_AT = datetime.datetime(2026, 11, 2, 9, 14)  # noqa: DTZ001 (England's clock)
AUTHORITY = "Tarnshire Council"
MONTH_ENDS = [
    datetime.date(2025 + (9 + month) // 12, (9 + month) % 12 + 1, 1) - datetime.timedelta(days=1) for month in range(14)
]

# `top` over `bottom` (of a rate: the population) is the current value; trends wobble about it.
INDICATORS = """
code | title | family | unit | good_is | small | sourced | feeds | kind | top | bottom
FD01 | Contacts received | front_door | count | neutral | S1 | verified | contacts | rolling_12_months | 1480 |
FD05 | Re-referrals within 12 months | front_door | percent | low | S1 | verified | child_in_need_episodes | rolling_12_months | 98 | 513
AS01 | Assessments within 45 working days | assessment | percent | high | S1 | verified | assessments | rolling_12_months | 402 | 471
CN01 | Children in need per 10,000 | cin | rate_per_10000 | neutral | S1 | verified | child_in_need_episodes | snapshot | 8 | 240
CP02 | Initial conferences within 15 working days | cp | percent | high | S1 | verified | initial_child_protection_conferences | rolling_12_months | 61 | 74
CP08 | Children on a protection plan per 10,000 | cp | rate_per_10000 | neutral | S1 | verified | child_protection_plans | snapshot | 2 | 240
NI64 | Child protection plans lasting two years or more | ni | percent | low | S1 | verified | child_protection_plans | rolling_12_months | 3 | 48
NI65 | Plans for a second or subsequent time | ni | percent | low | S1 | verified | child_protection_plans | rolling_12_months | 9 | 52
NI67 | Protection cases reviewed within timescales | ni | percent | high | S1 | verified | child_protection_reviews | snapshot | 4 | 5
CP15 | Protection visits where the child was seen alone | cp | percent | high | S1 | verified | child_protection_visits | rolling_12_months | 310 | 377
LA01 | Children looked after per 10,000 | cla | rate_per_10000 | neutral | S1 | verified | looked_after_episodes | snapshot | 7 | 240
LA03 | Leaving care per 10,000 | cla | rate_per_10000 | neutral | S1 | verified | looked_after_episodes | rolling_12_months | 6 | 240
NI62 | Placement stability: three or more placements | ni | percent | low | S1 | verified | placements | snapshot | 1 | 16
NI63 | Placement stability: length of placement | ni | percent | high | S1 | verified | placements | snapshot | 9 | 13
HE01 | Initial health assessment within 20 working days | health | percent | high | S1 | partly | trust_health_assessments | rolling_12_months | 12 | 19
HE05 | Dental check in the year | health | percent | high | S1 | verified | health_checks,trust_dental_checks | rolling_12_months | 10 | 14
CA03 | Waiting list over the specification limit | camhs | count | low | S2 | proposed | camhs_referrals | snapshot | 9 |
CL04 | Care leavers of 19 to 21 in suitable accommodation | care_leavers | percent | high | S1 | verified | care_leavers | rolling_12_months | 17 | 21
WF05 | Average caseload | workforce | ratio | low | S3 | verified | staff | snapshot | 212 | 13.6
LD07 | Allegations concluded within one month | lado | percent | high | S4 | unverified | allegations | rolling_12_months | 11 | 14
PF02 | Private fostering: visit within 7 working days | private_fostering | percent | high | S4 | verified | private_fostering_arrangements | rolling_12_months | 3 | 4
CO01 | Complaints at stage 1 answered in time | complaints | percent | high | S1 | partly | complaints | rolling_12_months | 20 | 31
AU03 | Audits graded good or better | audit | percent | high | S1 | proposed | audits | rolling_12_months | 26 | 44
AP02 | Actions past their date | action_plan | count | low | S1 | proposed | inspection_actions | snapshot | 3 |
"""  # noqa: E501

PDF = b"%PDF-1.7\n% an invented document: "


@dataclass(frozen=True, slots=True)
class PackWorld:
    """A warehouse file, and the store of its documents."""

    database: Path
    extracts: Path

    def document(self, extract_id: str) -> Path | None:
        path = self.extracts / extract_id
        return path if path.exists() else None

    def connection(self) -> duckdb.DuckDBPyConnection:
        connection = duckdb.connect(str(self.database), read_only=True)
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
        return connection


def make_world(folder: Path, *, many: int = 0) -> PackWorld:
    """The world in a new folder; `many` adds that many invented children for size."""
    extracts = folder / "extracts"
    extracts.mkdir(parents=True)
    world = PackWorld(folder / "warehouse_restricted.duckdb", extracts)
    with duckdb.connect(str(world.database)) as connection:
        for room in ("landing", "records", "profile", "quality", "evidence"):
            connection.execute(f"CREATE SCHEMA {room}")
        build_calendar(connection, AS_AT)
        for table in catalogue.tables():
            if not has_table(connection, table.name):
                create(connection, table)
        _children(connection)
        _figures(connection)
        _quality(connection)
        _register(connection, extracts)
        if many:
            _many(connection, many)
    return world


def _insert(connection: duckdb.DuckDBPyConnection, table: str, **columns: object) -> None:
    names = ", ".join(columns)
    connection.execute(
        f"INSERT INTO {table} ({names}) VALUES ({', '.join('?' * len(columns))})", list(columns.values())
    )


def _day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def _children(connection: duckdb.DuckDBPyConnection) -> None:
    for child_id, forename, born_on, died_on in (
        ("C01", "Ada", "2012-05-04", None),
        ("C02", "Bram", "2019-02-01", None),  # 7: leaves a survey list by age
        ("C03", "Cato", "2018-10-31", None),  # 8 on the as-at date
        ("C04", "Dora", "2018-11-01", None),  # 7 for one day more
        ("C05", "Emil", None, None),  # no date of birth
        ("C06", "Fern", "2010-01-01", "2026-10-20"),  # died
        ("C07", "=Gwen", "2015-06-06", None),  # a name that looks like a formula
        ("C08", "Hugo", "2014-03-03", None),  # left by adoption
        ("C09", "Iris", "2007-07-07", None),  # left care, refuses contact
        ("C10", "Jude", "2008-08-08", None),  # left care
        ("C11", "Kit", "2008-02-29", None),  # left care, episode ended by death
        ("C12", "Lena", "2013-01-01", None),  # left care and came back
        ("C13", "Milo", "2011-11-11", None),  # short breaks only
        ("C14", "Nell", "2009-09-09", None),  # left care 12 months ago to the day: outside
    ):
        _insert(
            connection,
            "records.children",
            child_id=child_id,
            forename=forename,
            surname="Invented",
            sex_code="F",
            ethnicity_code="WBRI" if child_id != "C02" else "ZZZZ",
            born_on=born_on and _day(born_on),
            died_on=died_on and _day(died_on),
        )
    for team_id, name in (("T1", "Front door"), ("T2", "Children in care North"), ("T3", "Leaving care")):
        _insert(connection, "records.teams", team_id=team_id, team_name=name)
    for worker_id, name in (("W1", "Robin Example"), ("W2", "Sam Sample")):
        _insert(connection, "records.professionals", professional_id=worker_id, name=name)
    for number, child_id in enumerate(("C01", "C02", "C03", "C04", "C05", "C06", "C12"), 1):
        _insert(
            connection,
            "records.looked_after_episodes",
            episode_id=f"E{number:02d}",
            child_id=child_id,
            started_on=_day("2025-01-10"),
            entered_care_on=_day("2025-01-10"),
            primary_need_code="N1",
            looked_after_period_id=f"P{number:02d}",
        )
        if child_id != "C03":  # C03 has no allocated worker
            _insert(
                connection,
                "records.involvements",
                involvement_id=f"I{number:02d}",
                child_id=child_id,
                role_code="CW",
                professional_id="W1",
                team_id="T2",
                started_on=_day("2025-02-01"),
            )
    _insert(
        connection,
        "records.involvements",
        involvement_id="I99",
        child_id="C10",
        role_code="CW",
        professional_id="W2",
        team_id="T3",
        started_on=_day("2024-02-01"),
        ended_on=_day("2026-06-01"),
    )
    for child_id, ceased_on, reason in (
        ("C08", "2026-03-01", "E11"),
        ("C09", "2026-04-01", "E5"),
        ("C10", "2026-05-01", "E6"),
        ("C11", "2026-06-01", "E2"),
        ("C12", "2024-12-01", "E4A"),
        ("C12", "2025-12-01", "E4A"),
        ("C14", "2025-10-31", "E4A"),
        ("C10", "2026-02-01", "X1"),
    ):
        _insert(
            connection,
            "records.looked_after_episodes",
            episode_id=f"Q{child_id}{ceased_on}",
            child_id=child_id,
            started_on=_day("2023-01-10"),
            entered_care_on=_day("2023-01-10"),
            ceased_on=_day(ceased_on),
            ceased_reason_code=reason,
            looked_after_period_id=f"R{child_id}{ceased_on}",
        )
    _insert(
        connection,
        "records.looked_after_episodes",
        episode_id="E90",
        child_id="C13",
        started_on=_day("2026-01-10"),
        entered_care_on=_day("2026-01-10"),
        looked_after_period_id="P90",
    )
    _insert(
        connection,
        "records.legal_statuses",
        legal_status_id="L1",
        child_id="C13",
        legal_status_code="V4",
        started_on=_day("2026-01-10"),
    )
    _insert(
        connection,
        "records.legal_statuses",
        legal_status_id="L2",
        child_id="C01",
        legal_status_code="C2",
        started_on=_day("2025-02-10"),
    )
    _insert(
        connection,
        "records.placements",
        placement_id="M1",
        child_id="C01",
        started_on=_day("2025-01-10"),
        placement_type_code="U1",
    )
    for number, (child_id, in_touch) in enumerate((("C09", "REFU"), ("C10", "YES")), 1):
        _insert(
            connection,
            "records.care_leavers",
            care_leaver_id=f"V{number}",
            child_id=child_id,
            eligibility_code="Former Relevant",
            in_touch_code=in_touch,
            accommodation_code="B",
            accommodation_suitable_code="1",
            activity_code="F4",
            team_id="T3",
            worker_id="W2" if child_id == "C10" else None,
            personal_adviser="Pat Adviser",
            pathway_plan_reviewed_on=_day("2026-07-01"),
        )
    for number in range(1, 11):
        _insert(
            connection,
            "records.child_in_need_episodes",
            referral_id=f"F{number:02d}",
            child_id=f"C{number:02d}",
            referred_on=_day("2026-04-30") if number == 1 else _day(f"2026-0{number % 5 + 5}-12"),
            primary_need_code="N1",
            referral_source_code="2A",
            is_no_further_action=number == 2,
            closed_on=_day("2026-10-31") if number == 3 else None,
            team_id="T1",
            worker_id="W1",
        )
    for number, authorised_on in enumerate(("2026-04-30", "2026-05-01", None), 1):
        _insert(
            connection,
            "records.assessments",
            assessment_id=f"A{number:02d}",
            child_id="C01",
            started_on=_day("2026-03-01"),
            authorised_on=authorised_on and _day(authorised_on),
            is_child_seen=True,
            is_no_further_action=False,
            team_id="T1",
        )
    for number, (child_id, started_on, ended_on, other) in enumerate(
        (
            ("C01", "2024-01-01", "2024-06-01", False),
            ("C01", "2026-01-01", None, False),
            ("C02", "2026-02-02", None, False),
            ("C03", "2026-02-02", None, True),
            ("C04", "2026-02-02", "2026-10-31", False),
        ),
        1,
    ):
        _insert(
            connection,
            "records.child_protection_plans",
            plan_id=f"K{number:02d}",
            child_id=child_id,
            started_on=_day(started_on),
            ended_on=ended_on and _day(ended_on),
            is_other_authority=other,
            initial_category_code="NEG",
            latest_category_code="EMO",
        )
    _insert(
        connection,
        "records.complaints",
        complaint_stage_id="B1-1",
        complaint_id="B1",
        stage_code="1",
        procedure_code="STATUTORY",
        is_by_child=True,
        received_on=_day("2026-09-01"),
        theme_code="DELAY",
        service_area_code="CLA",
    )


def _figures(connection: duckdb.DuckDBPyConnection) -> None:
    results = []
    for line in INDICATORS.strip().splitlines()[1:]:
        code, title, family, unit, good_is, small, sourced, feeds, kind, *numbers = line.rstrip(" |").split(" | ")
        top, bottom = float(numbers[0]), float(numbers[1]) if len(numbers) > 1 else 0.0
        _insert(
            connection,
            "profile.indicators",
            indicator_code=code,
            title=title,
            family=family,
            unit=unit,
            good_is=good_is,
            small_numbers=small,
            sourced=sourced,
            numerator_is="of those, the ones that count",
            denominator_is="cases of the period",
            source="an invented source",
            handling="open",
            reading="as the choices say",
            threshold=None,
            feeds=", ".join(f"records.{feed}" for feed in feeds.split(",")),
        )
        for number, ends_on in enumerate(MONTH_ENDS):
            wobble = (number * 7 + len(title)) % 5 - 2
            numerator = top if ends_on == AS_AT else max(0, top + wobble * max(1, top // 30))
            scale = {"percent": 100, "rate_per_10000": 10_000}.get(unit, 1)
            value = numerator if unit == "count" else scale * numerator / bottom
            starts_on = ends_on if kind == "snapshot" else ends_on - datetime.timedelta(days=364)
            results.append(
                (
                    code,
                    kind,
                    starts_on,
                    ends_on,
                    float(numerator),
                    bottom or None,
                    value,
                    ends_on == AS_AT,
                    None,
                    0,
                    0,
                    None,
                )
            )
    results.append(
        ("NI64", "financial_year", _day("2025-04-01"), _day("2026-03-31"), 4.0, 50.0, 8.0, True, None, 0, 0, None)
    )
    connection.executemany(
        "INSERT INTO profile.indicator_results (indicator_code, period_kind, starts_on, ends_on, numerator,"
        " denominator, value, is_current, not_computable_because, rows_set_aside, rows_unmatched, stale_because)"
        f" VALUES ({', '.join('?' * 12)})",
        [list(row) for row in results],
    )
    connection.execute(
        "UPDATE profile.indicator_results SET rows_unmatched = 4 WHERE indicator_code = 'HE01' AND is_current;"
        "UPDATE profile.indicator_results SET rows_set_aside = 2 "
        " WHERE indicator_code IN ('NI64', 'CP08') AND is_current;"
        "UPDATE profile.indicator_results SET numerator = NULL, denominator = NULL, value = NULL,"
        " not_computable_because = 'column accom_suitable is absent' WHERE indicator_code = 'CL04';"
        "UPDATE profile.indicator_results"
        " SET stale_because = 'lado is as at 17 October 2026, 14 days older than the newest'"
        " WHERE indicator_code = 'LD07' AND is_current"
    )
    for code, comparator, area, value, published_as in (
        ("NI64", "england", "England", 3.9, None),
        ("NI64", "council", AUTHORITY, None, "c"),
        ("AS01", "england", "England", 83.64999999999999, None),
        ("AS01", "council", AUTHORITY, 81.25, None),
        ("FD05", "england", "England", 22.4, None),
        ("CP08", "england", "England", 41.6, None),
    ):
        _insert(
            connection,
            "profile.comparators",
            indicator_code=code,
            comparator=comparator,
            area_code="E",
            area_name=area,
            reporting_year=2024,
            value=value,
            published_as=published_as,
            status="withheld" if published_as else "published",
            release="children_in_need_2024",
        )


def _quality(connection: duckdb.DuckDBPyConnection) -> None:
    _insert(
        connection,
        "quality.run",
        as_at=AS_AT,
        as_known_on=datetime.datetime(2026, 11, 1, 3, 2),  # noqa: DTZ001
        ledger_sequence=143,
        ledger_head="a" * 64,
        code_version="0.1.0+abc1234",
        authority_code="E10009999",
    )
    for source, stale in (
        ("case_management", False),
        ("health", False),
        ("lado", True),
        ("council", False),
        ("private_fostering", False),
    ):
        _insert(
            connection,
            "quality.sources",
            source=source,
            as_at=_day("2026-10-17") if stale else AS_AT,
            is_stale=stale,
            days_older=14 if stale else 0,
            files=12,
        )
    for table in catalogue.tables("records"):
        if table.file and table.file != "nhs_camhs":
            bad = {"ssd_cp_plans": 2, "hr_staff": 1}.get(table.file, 0)
            _insert(
                connection,
                "quality.arrivals",
                source=table.source,
                as_at=AS_AT,
                source_table=table.file,
                file_name=f"{table.source}/2026-10-31/{table.file}.csv",
                extract_id=hashlib.sha256(table.file.encode()).hexdigest(),
                file_format="csv",
                encoding="utf-8",
                status="empty" if table.file == "ssd_mother" else "loaded",
                rows_received=100,
                rows_loaded=100 - bad,
                rows_set_aside=bad,
                blank_rows=0,
                unknown_headings="extra_column" if bad else None,
            )
    _insert(
        connection,
        "quality.arrivals",
        source="health",
        as_at=AS_AT,
        source_table="nhs_camhs",
        file_name="health/2026-10-31/nhs_camhs.xlsx",
        extract_id="f" * 64,
        file_format="xlsx",
        status="refused",
        refused_because="the workbook is encrypted",
        rows_received=0,
        rows_loaded=0,
        rows_set_aside=0,
        blank_rows=0,
    )
    for table, row in (("ssd_cp_plans", 17), ("ssd_cp_plans", 4), ("hr_staff", 9)):
        _insert(
            connection,
            "quality.rejected_rows",
            source_table=table,
            extract_id=hashlib.sha256(table.encode()).hexdigest(),
            row_number=row,
            key="secret-key",
            rule="key is repeated",
            reason="The key is in an earlier row.",
            content='{"name": "secret-content"}',
        )
    for row in (5, 6, 7, 8):
        _insert(
            connection,
            "quality.unmatched_rows",
            source_table="nhs_health_assessments",
            extract_id=hashlib.sha256(b"nhs_health_assessments").hexdigest(),
            row_number=row,
            key="secret-key",
            reason="no child has this NHS number",
        )
    for code, title, severity, table, outcome, broken, because in (
        ("8925", "A plan begins before it ends", "warning", "ssd_cp_plans", "broken", 3, None),
        (
            "X014",
            "A due date is after its start",
            "warning",
            "nhs_camhs",
            "could not be checked",
            None,
            "nhs_camhs was refused",
        ),
        ("8500", "A child has a reference", "critical", "ssd_person", "met", 0, None),
    ):
        _insert(
            connection,
            "quality.checks",
            check_code=code,
            title=title,
            severity=severity,
            source_table=table,
            outcome=outcome,
            rows_checked=100,
            rows_broken=broken,
            because=because,
        )


def _register(connection: duckdb.DuckDBPyConnection, extracts: Path) -> None:
    lines = [
        (
            f"LSCB minutes/2026-0{month}",
            f"Minutes of the LSCB, month {month}",
            f"2026-0{month}-14",
            "2027-09-01",
            "minutes.pdf",
        )
        for month in range(2, 10)
    ]
    lines += [
        ("../../etc/passwd", "Self-assessment 2026", "2026-05-01", "2027-05-01", "../../self assessment.PDF"),
        ("thr-1", "Thresholds of need", "2024-01-01", "2026-01-31", "thresholds.pdf"),
        ("cp-strat", "Corporate parenting strategy", "2025-01-01", None, "strategy.docm"),
        ("jsna", "Joint strategic needs assessment", "2025-06-01", "2027-01-01", "jsna.pdf"),
        ("menu", "Canteen menu", "2026-10-01", "2026-12-01", "menu.pdf"),
    ]
    for document_id, title, published_on, review_on, file_name in lines:
        content = PDF + document_id.encode()
        extract_id = hashlib.sha256(content).hexdigest()
        if document_id != "jsna":  # named in the register, its file did not come
            (extracts / extract_id).write_bytes(content)
        _insert(
            connection,
            "records.documents",
            document_id=document_id,
            title=title,
            owner="Head of Something",
            approver="Director",
            published_on=_day(published_on),
            review_on=review_on and _day(review_on),
            file_name=file_name,
            extract_id=None if document_id == "jsna" else extract_id,
        )


def _many(connection: duckdb.DuckDBPyConnection, many: int) -> None:
    """Invented children by arithmetic: a fifth in need, an eighth looked after or lately so."""
    connection.execute(f"""
    CREATE TEMP TABLE many AS SELECT i, 'N' || i AS child_id FROM generate_series(1, {many}) AS numbers(i);
    INSERT INTO records.children (child_id, forename, surname, sex_code, ethnicity_code, born_on)
      SELECT child_id, 'Forename' || i, 'Surname' || i, 'M', 'WBRI', DATE '2009-01-01' + (i * 37 % 6000)::INTEGER
      FROM many;
    INSERT INTO records.child_in_need_episodes
      (referral_id, child_id, referred_on, primary_need_code, referral_source_code, is_no_further_action, closed_on)
      SELECT 'NF' || i, child_id, DATE '2026-10-31' - (i % 900)::INTEGER, 'N1', '2A', false,
             CASE WHEN i % 5 > 0 THEN DATE '2026-10-01' END
      FROM many;
    INSERT INTO records.assessments
      (assessment_id, child_id, started_on, authorised_on, is_child_seen, is_no_further_action, team_id)
      SELECT 'NA' || i, child_id, DATE '2026-10-31' - (i % 900)::INTEGER,
             DATE '2026-10-31' - (i % 900)::INTEGER + 40, true, false, 'T1'
      FROM many;
    INSERT INTO records.looked_after_episodes
      (episode_id, child_id, started_on, entered_care_on, primary_need_code, ceased_on, ceased_reason_code)
      SELECT 'NE' || i, child_id, DATE '2023-01-01', DATE '2023-01-01', 'N1',
             CASE WHEN i % 32 = 0 THEN DATE '2026-06-01' END, CASE WHEN i % 32 = 0 THEN 'E4A' END
      FROM many WHERE i % 8 = 0;
    INSERT INTO records.involvements (involvement_id, child_id, role_code, professional_id, team_id, started_on)
      SELECT 'NI' || i, child_id, 'CW', 'W1', 'T2', DATE '2023-01-01' FROM many WHERE i % 4 = 0;
    INSERT INTO records.child_protection_plans
      (plan_id, child_id, started_on, is_other_authority, initial_category_code, latest_category_code)
      SELECT 'NK' || i, child_id, DATE '2026-01-01', false, 'NEG', 'NEG' FROM many WHERE i % 20 = 0;
    INSERT INTO records.care_leavers (care_leaver_id, child_id, eligibility_code, in_touch_code)
      SELECT 'NV' || i, child_id, 'Former Relevant', 'YES' FROM many WHERE i % 16 = 1;
    INSERT INTO quality.rejected_rows (source_table, extract_id, row_number, key, rule, reason)
      SELECT 'ssd_cp_visits', 'e', i, 'k', 'key is repeated', 'The key is in an earlier row.'
      FROM many WHERE i % 10 = 0;
    """)


def rows_of(path: Path, sheet: str) -> pl.DataFrame:
    """A sheet of a workbook as text, for tests."""
    import fastexcel

    return fastexcel.read_excel(path).load_sheet(sheet, dtypes="string").to_polars()
