"""`daytwo cases`: the cases behind a figure, each with the file, sheet and row its record came from."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any, NamedTuple

from flows.commands.arguments import add_restricted, add_rows, add_store, published
from flows.commands.printing import show
from warehouse.problem import Problem

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb

    from transforms.profile.indicator import Indicator
    from warehouse.contract import Table

HELP = "list the cases behind a figure, with the file and row each came from"
PLACE = 100


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_store(parser)
    parser.add_argument("code", metavar="CODE", help="such as NI64")
    parser.add_argument("--period", help="kind of period (default: the indicator's first)")
    parser.add_argument("--late", action="store_true", help="list the cases that are open and already late instead")
    parser.add_argument("--all", action="store_true", help="also list the cases that do not count")
    add_rows(parser)
    add_restricted(parser)


def run(given: argparse.Namespace) -> int:
    found = cases_of(
        given.code,
        published(given, restricted=given.restricted),
        period=given.period,
        counted_only=not given.all,
        is_restricted_file=given.restricted,
        late=given.late,
    )
    show(given, found.as_json, lambda: found.lines(given.rows))
    return 0


class Cases(NamedTuple):
    """The cases of one figure.

    Attributes:
        rows: for each case its id, child id, whether it counts, its numerator and denominator part, and the place of
            its record.
    """

    code: str
    period_kind: str
    ends_on: str
    rows: tuple[dict[str, Any], ...]

    def as_json(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "period_kind": self.period_kind,
            "ends_on": self.ends_on,
            "cases": list(self.rows),
        }

    def lines(self, limit: int) -> list[str]:
        """Lines for a terminal, with at most `limit` cases."""
        said = [
            f"{self.code}, {self.period_kind} to {self.ends_on}: {len(self.rows)} cases",
            f"  {'case':<16}{'child':<14}{'counts':<9}{'file':<34}{'sheet':<22}{'row':>8}",
        ]
        for row in self.rows[:limit]:
            said.append(
                f"  {row['case_id'] or '':<16}{row['child_id'] or '':<14}{'yes' if row['counts'] else 'no':<9}"
                f"{row['file_name'] or '':<34}{row['sheet'] or '':<22}{row['row_number'] or '':>8}"
            )
        if len(self.rows) > limit:
            said.append(f"  ... and {len(self.rows) - limit} more (--rows {len(self.rows)})")
        return said


def cases_of(
    code: str,
    warehouse: Path,
    *,
    period: str | None,
    counted_only: bool,
    is_restricted_file: bool,
    late: bool = False,
) -> Cases:
    """The cases behind a figure, each with the file, sheet and row its record came from.

    Args:
        warehouse: a published file.
        period: kind of period; None: the indicator's first.
        counted_only: only those in the numerator.
        is_restricted_file: whether `warehouse` is the restricted file.
        late: instead, the cases that are open and already late, which a timeliness figure cannot show.

    Raises:
        Problem: no such indicator or period, the figure has no list of late cases, or its cases are not in this file.
    """
    from transforms.profile.indicator import by_code
    from warehouse.database import reading

    indicator = by_code(code)
    kind = _period_asked_for(indicator, period)
    if late and not indicator.late_query:
        raise Problem(
            f"{indicator.code} has no list of open and late cases.",
            fix=f"Use {indicator.twin}, which has one." if indicator.twin else "Use a timeliness figure, such as PF02.",
        )
    with reading(warehouse) as connection:
        if not is_restricted_file:
            _refuse_restricted(connection, indicator)
        return Cases(
            indicator.code,
            kind,
            _end_of_period(connection, kind),
            _rows(connection, indicator, kind, counted_only=counted_only, late=late),
        )


def _period_asked_for(indicator: Indicator, period: str | None) -> str:
    kind = period or indicator.periods[0]
    if kind not in indicator.periods:
        raise Problem(
            f"{indicator.code} is not calculated for {kind}.", fix=f"Use one of: {', '.join(indicator.periods)}."
        )
    return kind


def _refuse_restricted(connection: duckdb.DuckDBPyConnection, indicator: Indicator) -> None:
    handling = connection.execute(
        "SELECT handling FROM profile.indicators WHERE indicator_code = ?", [indicator.code]
    ).fetchone()
    if handling and handling[0] == "restricted":
        raise Problem(
            f"The cases of {indicator.code} are not in the general file.",
            why="They are rows of LADO, private fostering, staff or complaints, for named readers only.",
            fix="If you are one of them, add --restricted.",
        )


def _end_of_period(connection: duckdb.DuckDBPyConnection, kind: str) -> str:
    ends_on = connection.execute(
        "SELECT ends_on FROM profile.periods WHERE period_kind = ? AND is_current", [kind]
    ).fetchone()
    return str(ends_on[0]) if ends_on else ""


def _rows(
    connection: duckdb.DuckDBPyConnection, indicator: Indicator, kind: str, *, counted_only: bool, late: bool
) -> tuple[dict[str, Any], ...]:
    from transforms.landing.landing_table import STACKED

    found = (
        "SELECT case_id, child_id, true AS counts, 0.0 AS numerator_part, 0.0 AS denominator_part, period_kind,"
        " indicator_code FROM profile.open_and_late"
        if late
        else "FROM profile.indicator_cases"
    )
    rows = connection.execute(
        f"""
        SELECT found.case_id, found.child_id, found.counts, found.numerator_part, found.denominator_part,
               arrival.file_name,
               string_split(arrival.sheet, ' / ')[1 + home.received_row // {STACKED}] AS sheet,
               home.received_row % {STACKED} AS row_number
        FROM ({found}) AS found
        LEFT JOIN ({_homes_of_cases(connection, indicator)}) AS home ON home.case_id = found.case_id
        LEFT JOIN (SELECT * FROM quality.arrivals WHERE status = 'loaded') AS arrival
          ON arrival.source_table = home.source_table
        WHERE found.indicator_code = ? AND found.period_kind = ? AND (found.counts OR NOT ?)
        ORDER BY found.counts DESC, found.case_id
        """,
        [indicator.code, kind, counted_only],
    )
    names = [column[0] for column in rows.description or ()]
    return tuple(dict(zip(names, row, strict=True)) for row in rows.fetchall())


def _homes_of_cases(connection: duckdb.DuckDBPyConnection, indicator: Indicator) -> str:
    """SELECT of case_id, source_table and received_row: the record that has each case id as its key.

    It searches the tables that feed the figure, and the children; if several have a case, it takes the one with most
    cases.
    """
    from warehouse.database import literal, quoted

    homes = " UNION ALL ".join(
        f"SELECT {quoted(table.key[0])} AS case_id, {literal(table.file or '')} AS source_table, received_row,"
        f" {rank} AS rank FROM {table.name}"
        for rank, table in enumerate(_tables_that_hold_cases(connection, indicator))
    )
    if not homes:
        return "SELECT NULL AS case_id, NULL AS source_table, NULL AS received_row WHERE false"
    return (
        f"SELECT case_id, source_table, received_row FROM ({homes})"
        " QUALIFY row_number() OVER (PARTITION BY case_id ORDER BY rank) = 1"
    )


def _tables_that_hold_cases(connection: duckdb.DuckDBPyConnection, indicator: Indicator) -> list[Table]:
    """The tables that have cases of the figure, the one with most first."""
    from transforms.profile.measure_indicators import feeding_tables
    from warehouse import catalogue
    from warehouse.database import quoted

    holding: list[tuple[int, Table]] = []
    for table in dict.fromkeys((*feeding_tables(connection, indicator), catalogue.by_name()["records.children"])):
        if len(table.key) == 1:
            counted = connection.execute(
                f"""
                SELECT count(DISTINCT case_id)
                FROM (SELECT case_id FROM profile.indicator_cases WHERE indicator_code = $code
                      UNION ALL SELECT case_id FROM profile.open_and_late WHERE indicator_code = $code)
                WHERE case_id IN (SELECT {quoted(table.key[0])} FROM {table.name})
                """,
                {"code": indicator.code},
            ).fetchone()
            if counted and counted[0]:
                holding.append((counted[0], table))
    return [table for _, table in sorted(holding, key=lambda found: -found[0])]
