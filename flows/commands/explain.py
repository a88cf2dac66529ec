"""`daytwo explain`: what a figure is, its definition, its value now, and the query behind it."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from flows.commands.arguments import add_store, store_of
from flows.commands.printing import show

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb

    from transforms.profile.indicator import Indicator

HELP = "explain a figure: what it is, its definition, and its value now"
PLACE = 90


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_store(parser)
    parser.add_argument("code", metavar="CODE", help="such as NI64")


def run(given: argparse.Namespace) -> int:
    from flows.settings import Settings
    from warehouse.store.keys import GENERAL

    named = Settings.read(store=given.store).store
    explained = explain_indicator(given.code, store_of(given).local_copy(GENERAL) if named else None)
    show(given, lambda: explained, lambda: show_explanation(explained))
    return 0


def explain_indicator(code: str, warehouse: Path | None) -> dict[str, Any]:
    """Facts, definition and query of an indicator and, if a warehouse is given, its figures.

    Raises:
        Problem: no indicator has the code.
    """
    from transforms.profile.indicator import by_code
    from warehouse.database import reading

    indicator = by_code(code)
    said = {
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
        "open_and_late": indicator.open_and_late or (f"as counted in {indicator.twin}" if indicator.twin else ""),
        "broken_down_by": indicator.broken_down_by,
        "query": ";\n".join(indicator.queries),
        "file": f"transforms/profile/indicators/{indicator.file_name}",
    }
    if warehouse is None:
        return said
    with reading(warehouse) as connection:
        return said | _figures(connection, indicator)


def _figures(connection: duckdb.DuckDBPyConnection, indicator: Indicator) -> dict[str, Any]:
    """The figures of each period, the current figures of each group, and the published figures to compare with."""
    return {
        "figures": _rows(
            connection,
            """
            SELECT period_kind, starts_on, ends_on, numerator, denominator, value, is_current, open_and_late,
                   not_computable_because, rows_set_aside, rows_unmatched, rows_with_issues, checks_not_run,
                   stale_because, hidden_because
            FROM profile.indicator_results WHERE indicator_code = ? ORDER BY period_kind, ends_on DESC
            """,
            [indicator.code],
        ),
        "groups": _rows(
            connection,
            """
            SELECT period_kind, group_is, numerator, denominator, value, hidden_because
            FROM profile.indicator_breakdowns WHERE indicator_code = ? AND is_current AND period_kind = ?
            ORDER BY breakdown
            """,
            [indicator.code, indicator.periods[0]],
        ),
        "comparators": _rows(
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
        ),
    }


def show_explanation(said: dict[str, Any]) -> list[str]:
    """The explanation as lines for a terminal."""
    lines = [
        f"{said['code']}  {said['title']}",
        "",
        f"  counted      {said['numerator']}",
        f"  out of       {said['denominator']}",
        f"  unit         {said['unit']}; good is {said['good_is']}",
        f"  sourced      {said['sourced']}: {said['source']}",
        f"  definition   {said['reading']}",
    ]
    if said["sourced"] == "unverified":
        lines.append("  UNVERIFIED   someone must check the definition before the figure is shown to Ofsted")
    if said["open_and_late"]:
        lines.append(f"  late         {said['open_and_late']}")
    if said["threshold"]:
        lines.append(f"  reference    {said['threshold']}")
    if figures := said.get("figures"):
        lines += ["", f"  {'period':<20}{'from':<12}{'to':<12}{'n':>10}{'d':>12}{'value':>10}  note"]
        lines += [f"  {_figure_line(figure, said['unit'])}" for figure in figures]
    lines += [_group_line(group, said) for group in said.get("groups", ())]
    lines += [_comparator_line(twin, said["unit"]) for twin in said.get("comparators", ())]
    return [*lines, "", *(f"    {line}" for line in said["query"].splitlines()), "", f"  in {said['file']}"]


def _group_line(group: dict[str, Any], said: dict[str, Any]) -> str:
    from flows.publishing.run_report import shown

    value = "not shown" if group["hidden_because"] else shown(group["value"], said["unit"], group["denominator"])
    return f"  by {said['broken_down_by']}: {group['group_is']}: {value}"


def _comparator_line(twin: dict[str, Any], unit: str) -> str:
    from flows.publishing.run_report import shown

    if twin["status"] == "not given":
        return f"  published, {twin['area_name']}: no figure: {twin['not_given_because']}"
    value = "withheld" if twin["status"] == "withheld" else shown(twin["value"], unit, None)
    return (
        f"  published, {twin['area_name']}, year to 31 March {twin['reporting_year']}: {value}"
        f" ({twin['published_column']})"
    )


def _figure_line(figure: dict[str, Any], unit: str) -> str:
    from flows.publishing.run_report import shown

    note = figure["not_computable_because"] or figure["hidden_because"] or figure["stale_because"] or ""
    if figure["is_current"] and figure["rows_set_aside"]:
        note += f"{'; ' if note else ''}{figure['rows_set_aside']} rows of its tables set aside"
    if figure["is_current"] and figure["open_and_late"]:
        note += f"{'; ' if note else ''}{figure['open_and_late']:,.0f} open and already late"
    if figure["is_current"] and figure["rows_with_issues"]:
        note += f"{'; ' if note else ''}{figure['rows_with_issues']:,} rows break checks of its columns"
    if figure["is_current"] and figure["rows_unmatched"]:
        note += f"{'; ' if note else ''}{figure['rows_unmatched']} partner rows unmatched"

    def count(number: float | None) -> str:
        return "-" if number is None else f"{number:,.6g}" if number < 1e6 else f"{number:,.0f}"

    return (
        f"{figure['period_kind']:<20}{figure['starts_on']!s:<12}{figure['ends_on']!s:<12}"
        f"{count(figure['numerator']):>10}{count(figure['denominator']):>12}"
        f"{shown(figure['value'], unit, figure['denominator']):>10}  {note}".rstrip()
    )


def _rows(connection: duckdb.DuckDBPyConnection, query: str, arguments: list[object]) -> list[dict[str, Any]]:
    found = connection.execute(query, arguments)
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
