"""Opens a figure: what it is, how it is read, what it is now, and the cases behind it with the row each came from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from flows.publishing.run_report import shown
from transforms.landing.landing_table import STACKED
from transforms.profile.indicator import Indicator, by_code
from transforms.profile.measure_indicators import feeding_tables
from warehouse import catalogue
from warehouse.contract import Table
from warehouse.database import literal, quoted, reading
from warehouse.problem import Problem


def explain_indicator(code: str, warehouse: Path | None) -> dict[str, Any]:
    """Facts, reading, query and (where a warehouse is given) the figures of an indicator.

    Raises:
        Problem: no indicator has the code.
    """
    indicator = by_code(code)
    said: dict[str, Any] = {
        "code": indicator.code,
        "title": indicator.title,
        "numerator": indicator.numerator,
        "denominator": indicator.denominator,
        "unit": indicator.unit,
        "good_is": indicator.good_is,
        "source": indicator.source,
        "sourced": indicator.sourced,
        "reading": indicator.reading,
        "threshold": indicator.threshold,
        "open_and_late": indicator.open_and_late or (f"as {indicator.twin} counts them" if indicator.twin else ""),
        "broken_down_by": indicator.broken_down_by,
        "query": ";\n".join(indicator.queries),
        "file": f"transforms/profile/indicators/{indicator.file_name}",
    }
    if warehouse is not None:
        with reading(warehouse) as connection:
            said["figures"] = _rows(
                connection,
                """
                SELECT period_kind, starts_on, ends_on, numerator, denominator, value, is_current, open_and_late,
                       not_computable_because, rows_set_aside, rows_unmatched, rows_with_issues, checks_not_run,
                       stale_because, hidden_because
                FROM profile.indicator_results WHERE indicator_code = ? ORDER BY period_kind, ends_on DESC
                """,
                [indicator.code],
            )
            said["groups"] = _rows(
                connection,
                """
                SELECT period_kind, group_is, numerator, denominator, value, hidden_because
                FROM profile.indicator_breakdowns WHERE indicator_code = ? AND is_current AND period_kind = ?
                ORDER BY breakdown
                """,
                [indicator.code, indicator.periods[0]],
            )
            said["comparators"] = _rows(
                connection,
                """
                SELECT comparator, coalesce(area_name, 'statistical neighbours') AS area_name, reporting_year, value,
                       status, published_as, published_column, areas, areas_withheld, not_given_because
                FROM profile.comparators
                WHERE indicator_code = ? AND breakdown IS NULL AND (is_latest OR is_previous OR status = 'not given')
                ORDER BY list_position(['england', 'region', 'statistical_neighbours', 'council'], comparator),
                  reporting_year DESC
                """,
                [indicator.code],
            )
    return said


def show_explanation(said: dict[str, Any]) -> list[str]:
    """The explanation as lines for a terminal."""
    lines = [
        f"{said['code']}  {said['title']}",
        "",
        f"  counted      {said['numerator']}",
        f"  out of       {said['denominator']}",
        f"  unit         {said['unit']}; good is {said['good_is']}",
        f"  sourced      {said['sourced']}: {said['source']}",
        f"  read as      {said['reading']}",
    ]
    if said["sourced"] == "unverified":
        lines.append("  UNVERIFIED   have a person check the definition before the figure is shown to Ofsted")
    if said["open_and_late"]:
        lines.append(f"  late         {said['open_and_late']}")
    if said["threshold"]:
        lines.append(f"  reference    {said['threshold']}")
    if figures := said.get("figures"):
        lines += ["", f"  {'period':<20}{'from':<12}{'to':<12}{'n':>10}{'d':>12}{'value':>10}  note"]
        lines += [f"  {_figure_line(figure, said['unit'])}" for figure in figures]
    for group in said.get("groups", []):
        lines.append(
            f"  by {said['broken_down_by']}: {group['breakdown']}: "
            + (
                "not shown here"
                if group["hidden_because"]
                else shown(group["value"], said["unit"], group["denominator"])
            )
        )
    for twin in said.get("comparators", []):
        if twin["status"] == "not given":
            lines.append(f"  published, {twin['area_name']}: not given: {twin['not_given_because']}")
            continue
        value = "withheld" if twin["status"] == "withheld" else shown(twin["value"], said["unit"], None)
        lines.append(
            f"  published, {twin['area_name']}, year to 31 March {twin['reporting_year']}: {value}"
            f" ({twin['published_column']})"
        )
    lines += ["", *(f"    {line}" for line in said["query"].splitlines()), "", f"  in {said['file']}"]
    return lines


def _figure_line(figure: dict[str, Any], unit: str) -> str:
    note = figure["not_computable_because"] or figure["hidden_because"] or figure["stale_because"] or ""
    if figure["is_current"] and figure["rows_set_aside"]:
        note += f"{'; ' if note else ''}{figure['rows_set_aside']} rows of its tables set aside"
    if figure["is_current"] and figure["open_and_late"]:
        note += f"{'; ' if note else ''}{figure['open_and_late']:,.0f} open and already late"
    if figure["is_current"] and figure["rows_with_issues"]:
        note += f"{'; ' if note else ''}{figure['rows_with_issues']:,} rows break checks of what it reads"
    if figure["is_current"] and figure["rows_unmatched"]:
        note += f"{'; ' if note else ''}{figure['rows_unmatched']} partner rows unmatched"

    def count(number: float | None) -> str:
        return "-" if number is None else f"{number:,.6g}" if number < 1e6 else f"{number:,.0f}"

    return (
        f"{figure['period_kind']:<20}{figure['starts_on']!s:<12}{figure['ends_on']!s:<12}"
        f"{count(figure['numerator']):>10}{count(figure['denominator']):>12}"
        f"{shown(figure['value'], unit, figure['denominator']):>10}  {note}".rstrip()
    )


@dataclass(frozen=True, slots=True)
class Cases:
    """The cases of one figure.

    Attributes:
        rows: case id, child id, whether it counts, numerator and denominator part, and where its record came from.
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
        """For a terminal, at most `limit` cases."""
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
        period: kind of period; None: the first the indicator is given for.
        counted_only: only those in the numerator.
        is_restricted_file: whether `warehouse` holds everything.
        late: those open and already late instead, whom a timeliness figure cannot show.

    Raises:
        Problem: no such indicator or period, the figure does not itself say who is late, or its cases are not in this
            file.
    """
    indicator = by_code(code)
    kind = period or indicator.periods[0]
    if kind not in indicator.periods:
        raise Problem(f"{indicator.code} is not given for {kind}.", fix=f"Use one of: {', '.join(indicator.periods)}.")
    if late and not indicator.late_query:
        raise Problem(
            f"{indicator.code} does not itself say who is open and late.",
            fix=f"Ask {indicator.twin}, which does." if indicator.twin else "Ask a figure of timeliness, such as PF02.",
        )
    with reading(warehouse) as connection:
        handling = connection.execute(
            "SELECT handling FROM profile.indicators WHERE indicator_code = ?", [indicator.code]
        ).fetchone()
        if handling and handling[0] == "restricted" and not is_restricted_file:
            raise Problem(
                f"The cases of {indicator.code} are not in the general file.",
                why="They are rows of LADO, private fostering, staff or complaints, kept for named readers.",
                fix="If you are one of them, add --restricted.",
            )
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
                   string_split(arrival.sheet, ' / ')[1 + home.received_row // {STACKED}],
                   home.received_row % {STACKED}
            FROM ({found}) AS found
            LEFT JOIN ({_homes_of_cases(connection, indicator)}) AS home ON home.case_id = found.case_id
            LEFT JOIN (SELECT * FROM quality.arrivals WHERE status = 'loaded') AS arrival
              ON arrival.source_table = home.source_table
            WHERE found.indicator_code = ? AND found.period_kind = ? AND (found.counts OR NOT ?)
            ORDER BY found.counts DESC, found.case_id
            """,
            [indicator.code, kind, counted_only],
        ).fetchall()
        ends_on = connection.execute(
            "SELECT ends_on FROM profile.periods WHERE period_kind = ? AND is_current", [kind]
        ).fetchone()
    names = ("case_id", "child_id", "counts", "numerator_part", "denominator_part", "file_name", "sheet", "row_number")
    return Cases(
        indicator.code,
        kind,
        str(ends_on[0]) if ends_on else "",
        tuple(dict(zip(names, row[:8], strict=True)) for row in rows),
    )


def _homes_of_cases(connection: duckdb.DuckDBPyConnection, indicator: Indicator) -> str:
    """SELECT of case_id, source_table and received_row: the records whose key a case id is.

    Looked for in the tables that feed the figure, and the children; where several hold a case, the one that holds most.
    """
    held: list[tuple[int, Table]] = []
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
                held.append((counted[0], table))
    if not held:
        return "SELECT NULL AS case_id, NULL AS source_table, NULL AS received_row WHERE false"
    homes = " UNION ALL ".join(
        f"SELECT {quoted(table.key[0])} AS case_id, {literal(table.file or '')} AS source_table, received_row,"
        f" {rank} AS rank FROM {table.name}"
        for rank, (_, table) in enumerate(sorted(held, key=lambda found: -found[0]))
    )
    return (
        f"SELECT case_id, source_table, received_row FROM ({homes})"
        " QUALIFY row_number() OVER (PARTITION BY case_id ORDER BY rank) = 1"
    )


def _rows(connection: duckdb.DuckDBPyConnection, query: str, arguments: list[object]) -> list[dict[str, Any]]:
    found = connection.execute(query, arguments)
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
