"""The review list: partner rows that match no child, why, and the child each may belong to, for a person to decide.

A suggestion is never a match. Candidates are found by equal keys (local id, NHS number with one digit left out), and
separated by date of birth; never by name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb

from warehouse import catalogue
from warehouse.cell_values import trimmed
from warehouse.contract import Table
from warehouse.database import literal

WAITING = "waiting_rows"

# Why a row waits, as far as known.
NUMBER_BLANK = "the NHS number is blank"
NUMBER_FAILS = "the NHS number fails its check digit"
NUMBER_OF_NOBODY = "no child in ssd_person has the NHS number"
NUMBER_OF_SEVERAL = "more than one child in ssd_person has the NHS number"
BIRTH_DIFFERS = "the local id matches a child, but the date of birth differs"
DIGIT_WRONG = "a child with the same date of birth has the same NHS number except for one digit"
DIGITS_SWAPPED = "two neighbouring digits of the NHS number are swapped"
ID_BLANK = "the child id is blank"
ID_NOT_THERE = "the child id is not in ssd_person"
OF_ANOTHER_AUTHORITY = "the child id is not in ssd_person, and the log names another authority as responsible"
DECIDED_FOR_NOBODY = "a person matched it to a child who is not in ssd_person"

# The place value of each of the ten digits of an NHS number.
UNITS = [10**place for place in range(10)]
SAME_BIRTH = "same date of birth"
BIRTH_UNKNOWN = "no date of birth to compare"


def list_waiting(
    connection: duckdb.DuckDBPyConnection, tables: Sequence[Table], received: Mapping[str, Sequence[str]]
) -> None:
    """Note every row that automatic matching left without a child, with the values to find a candidate by.

    Args:
        tables: partner tables with rows, after automatic matching.
        received: columns of each table's landing table.
    """
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE {WAITING} (
          source_table VARCHAR, extract_id VARCHAR, sheet VARCHAR, row_number BIGINT, key VARCHAR, happened_on DATE,
          digits VARCHAR, nhs_number VARCHAR, local_id VARCHAR, born_on DATE, ids_not_found VARCHAR, reason VARCHAR,
          is_decided BOOLEAN
        )
        """
    )
    for table in tables:
        named = {
            "records.allegations": "child_ids",
            "records.private_fostering_arrangements": "child_id",
        }.get(table.name)
        if named:
            heading = table.column(named).heading or ""
            _those_naming_ids(connection, table, trimmed(heading) if heading in received[table.name] else "NULL")
        else:
            _those_with_a_number(connection, table, received[table.name])


def _happened_on(table: Table) -> str:
    """SQL for the event date, or the first other date that is neither a birth nor a date that may be in the future."""
    days = [column for column in table.columns if column.kind in ("date", "moment")]
    named = [column for column in days if column.event_date] or [
        column for column in days if not column.identifies and not column.may_lie_ahead
    ]
    return f"coalesce({', '.join(['NULL', *(f'partner.{column.name}::DATE' for column in named)])})"


def _those_with_a_number(connection: duckdb.DuckDBPyConnection, table: Table, received: Sequence[str]) -> None:
    names = {column.name for column in table.columns}
    heading = next(column.heading for column in table.columns if column.is_nhs_number) or ""
    number = trimmed(heading, "received") if heading in received else "NULL::VARCHAR"
    connection.execute(
        f"""
        INSERT INTO {WAITING}
        SELECT {literal(table.file or "")}, received._extract_id, received._sheet, received._row,
               partner.{table.key[0]}, {_happened_on(table)}, regexp_replace({number}, '[ -]', '', 'g'),
               partner.nhs_number, {"partner.local_child_id" if "local_child_id" in names else "NULL"},
               {"partner.born_on" if "born_on" in names else "NULL"}, NULL,
               CASE WHEN {number} IS NULL THEN {literal(NUMBER_BLANK)}
                    WHEN partner.nhs_number IS NULL THEN {literal(NUMBER_FAILS)}
                    WHEN shared.nhs_number IS NULL THEN {literal(NUMBER_OF_NOBODY)}
                    ELSE {literal(NUMBER_OF_SEVERAL)} END,
               false
        FROM {table.name} AS partner
        JOIN {table.landing_name} AS received ON received._row = partner.received_row
        LEFT JOIN (SELECT DISTINCT nhs_number FROM records.children) AS shared
          ON shared.nhs_number = partner.nhs_number
        WHERE partner.matched_child_id IS NULL
        """
    )


def _those_naming_ids(connection: duckdb.DuckDBPyConnection, table: Table, ids: str) -> None:
    """Rows of LADO and private fostering that name a child who is not in ssd_person.

    Args:
        ids: SQL for the ids as received, separated by semicolons.
    """
    is_log_of_allegations = table.name == "records.allegations"
    # An allegation need not name a child; a private-fostering arrangement always has one.
    blank = "false" if is_log_of_allegations else "named.ids IS NULL"
    elsewhere = "partner.is_child_of_other_authority" if is_log_of_allegations else "false"
    connection.execute(
        f"""
        INSERT INTO {WAITING}
        WITH named AS (
          SELECT _extract_id, _sheet, _row, {ids} AS ids FROM {table.landing_name}
        ), missing AS (
          SELECT one._row, string_agg(DISTINCT one.id, ';' ORDER BY one.id) AS ids
          FROM (SELECT _row, trim(unnest(string_split(ids, ';'))) AS id FROM named) AS one
          ANTI JOIN records.children AS child ON child.child_id = one.id
          WHERE one.id <> '' GROUP BY one._row
        )
        SELECT {literal(table.file or "")}, named._extract_id, named._sheet, named._row, partner.{table.key[0]},
               {_happened_on(table)}, NULL, NULL, NULL, NULL, missing.ids,
               CASE WHEN missing.ids IS NULL THEN {literal(ID_BLANK)}
                    WHEN {elsewhere} THEN {literal(OF_ANOTHER_AUTHORITY)} ELSE {literal(ID_NOT_THERE)} END,
               false
        FROM {table.name} AS partner
        JOIN named ON named._row = partner.received_row
        LEFT JOIN missing ON missing._row = named._row
        WHERE missing.ids IS NOT NULL OR {blank}
        """
    )


def write_review_list(connection: duckdb.DuckDBPyConnection, received_children: Sequence[str]) -> None:
    """Fill quality.unmatched_rows with the rows still waiting, each with its reason and, if found, its candidate.

    Args:
        received_children: columns of landing.ssd_person; none if it did not arrive.
    """
    connection.execute(
        f"""
        INSERT INTO quality.unmatched_rows
        WITH waiting AS MATERIALIZED (
          SELECT row_number() OVER () AS place, * FROM {WAITING}
        ), candidate AS (
          {_by_id()} UNION ALL {_by_shared_number()} UNION ALL {_by_digits(received_children)}
        ), only_one AS (
          SELECT place, named, min(child_id) AS child_id, arg_min(because, strength) AS because,
                 arg_min(tells, strength) AS tells
          FROM candidate GROUP BY place, named HAVING count(DISTINCT child_id) = 1
        ), suggested AS (
          SELECT place, count(*) AS ids, string_agg(DISTINCT child_id, ';' ORDER BY child_id) AS child_id,
                 string_agg(DISTINCT because, '; ' ORDER BY because) AS because, min(tells) AS tells
          FROM only_one GROUP BY place
        )
        SELECT waiting.source_table, waiting.extract_id, waiting.sheet, waiting.row_number, waiting.key,
               CASE WHEN waiting.is_decided THEN {literal(DECIDED_FOR_NOBODY)}
                    ELSE coalesce(suggested.tells, waiting.reason) END,
               waiting.happened_on, waiting.ids_not_found, suggested.child_id, suggested.because
        FROM waiting
        LEFT JOIN suggested ON suggested.place = waiting.place
          AND suggested.ids = coalesce(len(string_split(waiting.ids_not_found, ';')), 1)
        ORDER BY waiting.source_table, waiting.row_number;
        DROP TABLE {WAITING}
        """
    )


def _by_id() -> str:
    """Candidates by the row's case-system id: the current id, an earlier system's, or one altered by a spreadsheet."""
    plain = "ltrim(lower({}), '0')"
    birth = (
        "CASE WHEN carried.born_on = child.born_on THEN 1"
        " WHEN carried.born_on IS NULL OR child.born_on IS NULL THEN 2 ELSE 3 END"
    )
    return f"""
          SELECT place, named, child_id, 2 * birth - 1 AS strength,
                 CASE WHEN named <> '' THEN how WHEN birth = 1 THEN how || ', {SAME_BIRTH}'
                      WHEN birth = 2 THEN how || ', {BIRTH_UNKNOWN}' ELSE how || ', but the date of birth differs' END
                   AS because,
                 CASE WHEN birth = 3 AND kind = 1 THEN {literal(BIRTH_DIFFERS)} END AS tells
          FROM (
            SELECT carried.place, carried.named, child.child_id, known.kind, known.how, {birth} AS birth,
                   carried.nhs_number
            FROM (
              SELECT * REPLACE (CASE kind WHEN 3 THEN {plain.format("id")} ELSE id END AS id)
              FROM (
                SELECT place, '' AS named, local_id AS id, born_on, nhs_number, unnest([1, 2, 3]) AS kind
                FROM waiting WHERE local_id IS NOT NULL
                UNION ALL
                SELECT place, id, id, NULL, NULL, unnest([1, 2, 3])
                FROM (SELECT place, unnest(string_split(ids_not_found, ';')) AS id FROM waiting)
              )
            ) AS carried
            JOIN (
              SELECT child_id AS id, child_id, 1 AS kind, 'same local id' AS how FROM records.children
              UNION ALL
              SELECT legacy_id, child_id, 2, 'same id in an earlier system' FROM records.children
              UNION ALL
              SELECT {plain.format("child_id")}, child_id, 3, 'same id except for leading zeros or capitals'
              FROM records.children
            ) AS known ON known.kind = carried.kind AND known.id = carried.id
            JOIN records.children AS child ON child.child_id = known.child_id
            QUALIFY known.kind = min(known.kind) OVER (PARTITION BY carried.place, carried.named)
          )
          WHERE birth < 3 OR nhs_number IS NULL"""


def _by_shared_number() -> str:
    """Candidates among several children with the row's NHS number: those with its date of birth."""
    return f"""
          SELECT waiting.place, '', child.child_id, 4, 'one of the children with that NHS number, {SAME_BIRTH}', NULL
          FROM waiting JOIN records.children AS child
            ON child.nhs_number = waiting.nhs_number AND child.born_on = waiting.born_on"""


def _by_digits(received_children: Sequence[str]) -> str:
    """Candidates with nearly the row's NHS number; if the row has a date of birth, only children born on it.

    Two numbers that both pass the check digit never differ by one digit or by two neighbours swapped, so one number of
    each pair fails it. That may be the case system's own, so numbers are compared as received.
    """
    heading = catalogue.by_name()["records.children"].column("nhs_number").heading or ""
    if heading not in received_children:
        return "SELECT NULL::BIGINT, '', NULL, NULL, NULL, NULL WHERE false"
    number = f"regexp_replace({trimmed(heading, 'received')}, '[ -]', '', 'g')"
    whole = "CASE WHEN regexp_full_match({0}, '\\d{{10}}') THEN {0}::BIGINT END AS number"
    # One digit left out; and the digit at `unit` swapped with the one before it.
    cut = "(number // (10 * unit)) * unit + number % unit"
    swapped = "number + 9 * unit * ((number // unit) % 10 - (number // (10 * unit)) % 10)"
    return f"""
          SELECT waiting.place, '', near.child_id,
                 CASE WHEN waiting.born_on = near.born_on THEN 2 ELSE 4 END + near.kind / 10,
                 near.how || ', '
                   || CASE WHEN waiting.born_on = near.born_on THEN '{SAME_BIRTH}' ELSE '{BIRTH_UNKNOWN}' END,
                 CASE WHEN waiting.born_on = near.born_on AND near.kind = 1 THEN {literal(DIGITS_SWAPPED)}
                      WHEN waiting.born_on = near.born_on AND near.kind = 2 THEN {literal(DIGIT_WRONG)} END
          FROM (
            WITH ours AS MATERIALIZED (
              SELECT {whole.format(number)}, child.nhs_number IS NULL AS fails, child.child_id, child.born_on
              FROM records.children AS child JOIN landing.ssd_person AS received ON received._row = child.received_row
            ), theirs AS MATERIALIZED (
              SELECT DISTINCT digits, {whole.format("digits")}, nhs_number IS NULL AS fails FROM waiting
            ), ours_cut AS (
              SELECT *, {cut} AS cut FROM (SELECT *, unnest({UNITS}::BIGINT[]) AS unit FROM ours)
              WHERE fails OR EXISTS (SELECT 1 FROM theirs WHERE fails AND number IS NOT NULL)
            ), theirs_cut AS MATERIALIZED (
              SELECT *, {cut} AS cut, {swapped} AS swapped
              FROM (SELECT *, unnest({UNITS}::BIGINT[]) AS unit FROM theirs)
            )
            SELECT theirs.digits, ours.child_id, ours.born_on, 0 AS kind,
                   'same NHS number, which fails its check digit' AS how
            FROM theirs JOIN ours USING (number) WHERE theirs.fails
            UNION ALL
            SELECT one.digits, ours.child_id, ours.born_on, 1, 'NHS number with two neighbouring digits swapped'
            FROM theirs_cut AS one JOIN ours ON ours.number = one.swapped
            WHERE one.unit < {UNITS[-1]} AND one.swapped <> one.number AND (one.fails OR ours.fails)
            UNION ALL
            SELECT one.digits, other.child_id, other.born_on, 2, 'NHS number with one digit different'
            FROM theirs_cut AS one JOIN ours_cut AS other USING (unit, cut)
            WHERE one.number <> other.number AND (one.fails OR other.fails)
          ) AS near
          JOIN waiting ON waiting.digits = near.digits
            AND (waiting.born_on IS NULL OR waiting.born_on = near.born_on)"""
