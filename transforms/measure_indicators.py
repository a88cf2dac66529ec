"""Cases to figures: numerator, denominator, percentage, rate, average, trend, and what to say where there is none.

An indicator says who is in and whether the case counts; everything else happens here, once, for all. A figure whose
table or column did not arrive is "not computable", never 0.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import duckdb
import polars as pl

from transforms.derived import derive, derived_query
from transforms.indicator import Indicator, indicators, reads
from transforms.periods import periods
from warehouse import catalogue
from warehouse.contract import Table
from warehouse.database import create, literal

NO_CASES = "no cases in the period"
SEVERAL_AUTHORITIES = "the population file holds several authorities and none is named (DAYTWO_AUTHORITY)"


@dataclass(frozen=True, slots=True)
class Received:
    """What arrived of one records table: why the table is absent (None: it arrived), and which columns did not."""

    absent_because: str | None
    absent_columns: frozenset[str]


def build_periods(connection: duckdb.DuckDBPyConnection, as_at: datetime.date) -> None:
    """Fill profile.periods."""
    create(connection, catalogue.by_name()["profile.periods"])
    connection.executemany(
        "INSERT INTO profile.periods VALUES (?, ?, ?, ?, ?)",
        [
            [number, period.period_kind, period.starts_on, period.ends_on, period.is_current]
            for number, period in enumerate(periods(as_at), start=1)
        ],
    )


def measure_indicators(
    connection: duckdb.DuckDBPyConnection,
    received: Mapping[str, Received],
    *,
    authority_code: str | None,
    only: Sequence[Indicator] | None = None,
) -> None:
    """Fill profile.indicators, indicator_results and indicator_cases from records and profile.periods.

    Args:
        received: by records table ("records.child_protection_plans"); a table not named is taken to be whole.
        authority_code: the council's code in the population file; None: the file holds one authority.
        only: the indicators to measure; all of them by default.
    """
    chosen = indicators() if only is None else tuple(only)
    for name in ("profile.indicators", "profile.indicator_results", "profile.indicator_cases"):
        create(connection, catalogue.by_name()[name])
    derive(connection, "profile")
    several = _population_by_year(connection, authority_code)
    for indicator in chosen:
        feeding = _feeds(connection, indicator.query)
        _describe(connection, indicator, feeding)
        because = _not_computable(connection, indicator, feeding, received)
        if several and indicator.unit == "rate_per_10000":
            because = because or SEVERAL_AUTHORITIES
        if because:
            _say_why(connection, indicator, because)
        else:
            _measure(connection, indicator)
    _note_what_was_set_aside(connection)


def feeding_tables(connection: duckdb.DuckDBPyConnection, indicator: Indicator) -> tuple[Table, ...]:
    """The tables of a drop that feed an indicator, also by way of a records table worked out from others."""
    return tuple(
        table
        for table in (catalogue.by_name()[name] for name in sorted(_feeds(connection, indicator.query)))
        if table.file
    )


def _feeds(connection: duckdb.DuckDBPyConnection, query: str) -> frozenset[str]:
    """Tables a query reads, followed through those that are themselves worked out by a query."""
    found: set[str] = set()
    waiting = [query]
    while waiting:
        for name in reads(connection, waiting.pop()).tables:
            if name in found:
                continue
            found.add(name)
            if derived := derived_query(name):
                waiting.append(derived)
    return frozenset(found)


def _kinds(indicator: Indicator) -> str:
    kinds = ", ".join(literal(kind) for kind in indicator.periods)
    current = " AND is_current" if indicator.history == "current state only" else ""
    return f"period_kind IN ({kinds}){current}"


def _describe(connection: duckdb.DuckDBPyConnection, indicator: Indicator, feeding: Iterable[str]) -> None:
    tables = [catalogue.by_name()[name] for name in feeding]
    handling = "restricted" if any(table.handling == "restricted" for table in tables) else "open"
    feeds = {table.name for table in tables if table.file} | (
        {"records.population"} if indicator.unit == "rate_per_10000" else set()
    )
    connection.execute(
        "INSERT INTO profile.indicators"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, nullif(?, ''), ?, nullif(?, ''), ?, ?, ?, ?)",
        [
            indicator.code,
            indicator.title,
            indicator.family,
            indicator.numerator,
            indicator.denominator,
            indicator.unit,
            indicator.good_is,
            indicator.source,
            indicator.sourced,
            indicator.reading,
            indicator.threshold,
            indicator.small_numbers,
            indicator.beside,
            handling,
            indicator.history,
            ", ".join(sorted(feeds)),
            indicator.query,
        ],
    )


def _not_computable(
    connection: duckdb.DuckDBPyConnection,
    indicator: Indicator,
    feeding: frozenset[str],
    received: Mapping[str, Received],
) -> str | None:
    """Why the indicator cannot be computed from what arrived; None where it can."""
    reasons: list[str] = []
    named = set(reads(connection, indicator.query).columns)
    for name in feeding:
        if derived := derived_query(name):
            named |= reads(connection, derived).columns
    wanted = set(feeding) | ({"records.population"} if indicator.unit == "rate_per_10000" else set())
    for name in sorted(wanted):
        table = catalogue.by_name()[name]
        state = received.get(name)
        if state is None:
            continue
        if state.absent_because:
            reasons.append(f"{table.file} {state.absent_because}")
            continue
        for column in table.columns:
            # Whose case it is says nothing of whether it counts, unless the row is about the child.
            only_shown = column.refers_to == "records.children.child_id" and not column.about
            if column.name in state.absent_columns and (name, column.name) in named and not only_shown:
                reasons.append(f"column {column.heading} of {table.file} is absent")
    return "; ".join(reasons) or None


def _say_why(connection: duckdb.DuckDBPyConnection, indicator: Indicator, because: str) -> None:
    connection.execute(
        f"""
        INSERT INTO profile.indicator_results
          (indicator_code, period_kind, starts_on, ends_on, is_current, not_computable_because)
        SELECT ?, period_kind, starts_on, ends_on, is_current, ? FROM profile.periods WHERE {_kinds(indicator)}
        ORDER BY period_kind, ends_on
        """,
        [indicator.code, because],
    )


def _population_by_year(connection: duckdb.DuckDBPyConnection, authority_code: str | None) -> bool:
    """Persons aged 0 to 17 by year (choices G11); returns whether the file holds several authorities and none is named.

    Children of one council over the population of several would look like no council at all.
    """
    connection.execute(
        """
        CREATE OR REPLACE TEMP TABLE population_by_year AS
        SELECT year, sum(persons) AS persons FROM records.population
        WHERE age BETWEEN 0 AND 17 AND (?::VARCHAR IS NULL OR authority_code = ?) GROUP BY year
        """,
        [authority_code, authority_code],
    )
    codes = connection.execute("SELECT count(DISTINCT authority_code) FROM records.population").fetchall()
    return authority_code is None and codes[0][0] > 1


def _measure(connection: duckdb.DuckDBPyConnection, indicator: Indicator) -> None:
    # The query names these tables whole; it is run on the periods the indicator is given for alone.
    wanted = f"(SELECT * FROM profile.periods WHERE {_kinds(indicator)})"
    measured = indicator.query.replace("profile.periods", wanted).replace(
        "profile.looked_after", f"(FROM profile.looked_after SEMI JOIN {wanted} AS wanted USING (period_id))"
    )
    columns = [row[0] for row in connection.execute(f"DESCRIBE {measured}").fetchall()]
    numerator = "numerator_part" if "numerator_part" in columns else "coalesce(counts, false)::INT"
    denominator = "denominator_part" if "denominator_part" in columns else "1"
    beside = "coalesce(counts_beside, false)::INT" if indicator.beside else "NULL"
    counts = "coalesce(counts, false)" if "counts" in columns else f"{numerator} <> 0"
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE measured_cases AS
        SELECT period_id, case_id, child_id, {counts} AS counts,
               ({numerator})::DOUBLE AS numerator_part, ({denominator})::DOUBLE AS denominator_part,
               {beside} AS beside_part
        FROM ({measured})
        """
    )
    connection.execute(
        """
        INSERT INTO profile.indicator_cases
        SELECT ?, period.period_kind, period.ends_on, found.case_id, found.child_id, found.counts,
               found.numerator_part, found.denominator_part
        FROM measured_cases AS found JOIN profile.periods AS period USING (period_id)
        WHERE period.is_current
        ORDER BY period.period_kind, found.case_id
        """,
        [indicator.code],
    )
    # Summed as decimals, so that the order the rows come in cannot change the last digit.
    connection.execute(
        f"""
        INSERT INTO profile.indicator_results
          (indicator_code, period_kind, starts_on, ends_on, numerator, denominator, value, numerator_beside,
           value_beside, is_current, not_computable_because)
        WITH summed AS (
          SELECT period.*,
                 coalesce(sum(found.numerator_part::DECIMAL(28, 6)), 0)::DOUBLE AS numerator,
                 coalesce(sum(found.denominator_part::DECIMAL(28, 6)), 0)::DOUBLE AS denominator_of_cases,
                 sum(found.beside_part)::DOUBLE AS numerator_beside
          FROM (SELECT * FROM profile.periods WHERE {_kinds(indicator)}) AS period
          LEFT JOIN measured_cases AS found USING (period_id)
          GROUP BY ALL
        ), divided AS (
          SELECT *, {_denominator(indicator)} AS denominator FROM summed
        )
        SELECT {literal(indicator.code)}, period_kind, starts_on, ends_on, numerator, denominator,
               {_value(indicator)}, numerator_beside, {_value(indicator).replace("numerator", "numerator_beside")},
               is_current, {_why_not(indicator)}
        FROM divided ORDER BY period_kind, ends_on
        """
    )


def _denominator(indicator: Indicator) -> str:
    if indicator.unit != "rate_per_10000":
        return "denominator_of_cases"
    # Choices G11: a financial year takes the year before it ends, as DfE's published rates do.
    return """(SELECT arg_max(population_by_year.persons, population_by_year.year)::DOUBLE FROM population_by_year
               WHERE population_by_year.year <= year(summed.ends_on) - (summed.period_kind = 'financial_year')::INT)"""


def _value(indicator: Indicator) -> str:
    match indicator.unit:
        case "count":
            return "numerator"
        case "percent":
            return "100 * numerator / nullif(denominator, 0)"
        case "rate_per_10000":
            return "10000 * numerator / nullif(denominator, 0)"
        case _:
            return "numerator / nullif(denominator, 0)"


def _why_not(indicator: Indicator) -> str:
    match indicator.unit:
        case "count":
            return "NULL"
        case "rate_per_10000":
            return (
                "CASE WHEN coalesce(denominator, 0) = 0"
                " THEN 'the population file has no persons aged 0 to 17 for that year or an earlier one' END"
            )
        case _:
            return f"CASE WHEN denominator = 0 THEN {literal(NO_CASES)} END"


def _note_what_was_set_aside(connection: duckdb.DuckDBPyConnection) -> None:
    """Beside every figure: rows of its tables set aside, partner rows unmatched, sources that are older."""
    connection.register("fed_by", _fed_by())
    connection.execute(
        """
        UPDATE profile.indicator_results AS result
        SET rows_set_aside = noted.rows_set_aside, rows_unmatched = noted.rows_unmatched,
            stale_because = noted.stale_because
        FROM (
          WITH feeds AS (
            SELECT indicator_code, unnest(string_split(feeds, ', ')) AS table_name FROM profile.indicators
          ), aside AS (
            SELECT source_table, count(*) AS row_count FROM quality.rejected_rows GROUP BY ALL
          ), unmatched AS (
            SELECT source_table, count(*) AS row_count FROM quality.unmatched_rows GROUP BY ALL
          )
          SELECT indicator_code,
                 coalesce(sum(aside.row_count), 0)::BIGINT AS rows_set_aside,
                 coalesce(sum(unmatched.row_count), 0)::BIGINT AS rows_unmatched,
                 string_agg(DISTINCT CASE WHEN sources.is_stale
                   THEN sources.source || ' as at ' || sources.as_at || ', ' || sources.days_older || ' days older' END,
                   '; ' ORDER BY CASE WHEN sources.is_stale
                   THEN sources.source || ' as at ' || sources.as_at || ', ' || sources.days_older || ' days older' END
                 ) AS stale_because
          FROM feeds
          JOIN fed_by USING (table_name)
          LEFT JOIN (SELECT DISTINCT source_table, source FROM quality.arrivals WHERE status IN ('loaded', 'empty'))
            AS arrival ON arrival.source_table = fed_by.file
          LEFT JOIN aside ON aside.source_table = fed_by.file
          LEFT JOIN unmatched ON unmatched.source_table = fed_by.file
          LEFT JOIN quality.sources AS sources ON sources.source = arrival.source
          GROUP BY indicator_code
        ) AS noted
        WHERE noted.indicator_code = result.indicator_code
        """
    )
    connection.unregister("fed_by")


def _fed_by() -> object:
    tables = [table for table in catalogue.tables("records") if table.file]
    return pl.DataFrame(
        {
            "table_name": [table.name for table in tables],
            "file": [table.file for table in tables],
        }
    ).to_arrow()
