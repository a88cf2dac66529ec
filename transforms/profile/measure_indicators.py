"""Cases to figures: numerator, denominator, percentage, rate, average and trend, or why there is no figure.

An indicator's query says which cases are in and which count; everything else is done here, once for all indicators. A
figure whose table or column did not arrive is "not computable", never 0.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import duckdb

from transforms.profile.indicator import Indicator, indicators
from transforms.profile.periods import periods
from transforms.records.derived_tables import derive, derived_query
from warehouse import catalogue
from warehouse.codes import code_list
from warehouse.contract import Table
from warehouse.database import create, insert, literal, side_by_side
from warehouse.sql_reads import reads

FILLED = (
    "profile.indicators",
    "profile.indicator_results",
    "profile.indicator_breakdowns",
    "profile.indicator_cases",
    "profile.indicator_columns",
    "profile.open_and_late",
)
NOT_RECORDED = "not recorded"
NO_CASES = "no cases in the period"
SEVERAL_AUTHORITIES = "the population file has several authorities and none is chosen (DAYTWO_AUTHORITY)"


@dataclass(frozen=True, slots=True)
class Received:
    """How one records table arrived: why the table is absent (None: it arrived), and which columns are absent."""

    absent_because: str | None
    absent_columns: frozenset[str]


def build_periods(connection: duckdb.DuckDBPyConnection, as_at: datetime.date) -> None:
    """Fill profile.periods."""
    create(connection, catalogue.by_name()["profile.periods"])
    insert(
        connection,
        catalogue.by_name()["profile.periods"],
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
        received: by records table ("records.child_protection_plans"); a table not named is taken to be complete.
        authority_code: the council's code in the population file; None: the file has one authority.
        only: the indicators to measure; all of them by default.
    """
    chosen = indicators() if only is None else tuple(only)
    for name in FILLED:
        create(connection, catalogue.by_name()[name])
    derive(connection, "profile")
    several = _population_by_year(connection, authority_code)
    measurable: list[Indicator] = []
    why_not_late: dict[str, str] = {}
    described = [_described(indicator, _feeds(connection, indicator.queries)) for indicator in chosen]
    insert(
        connection,
        catalogue.by_name()["profile.indicators"],
        [list(one.values()) for one in described],
        list(described[0]) if described else (),
    )
    named = [(indicator, _named_columns(connection, indicator.queries)) for indicator in chosen]
    insert(
        connection,
        catalogue.by_name()["profile.indicator_columns"],
        [[indicator.code, *column] for indicator, columns in named for column in sorted(columns)],
    )
    for indicator in chosen:
        because = _missing(connection, indicator.query, received)
        if indicator.unit == "rate_per_10000":
            because = because or _absent("records.population", received)
            because = because or (SEVERAL_AUTHORITIES if several else "")
        if because:
            _say_why(connection, indicator, because)
            continue
        measurable.append(indicator)
        if indicator.late_query and (because := _missing(connection, indicator.late_query, received)):
            # The figure can be measured, but not who is open and late.
            measurable[-1] = replace(indicator, late_query="")
            why_not_late[indicator.code] = because
    periods_of = _periods_of(connection, measurable)
    side_by_side(
        connection,
        [
            partial(_find_cases, indicator=indicator, period_ids=periods_of[_kinds(indicator)])
            for indicator in measurable
        ],
    )
    for indicator in measurable:
        _add_up(connection, indicator, why_not_late.get(indicator.code))
    _count_what_twins_say(connection)


def feeding_tables(connection: duckdb.DuckDBPyConnection, indicator: Indicator) -> tuple[Table, ...]:
    """The tables of a drop that feed an indicator, directly or through a records table derived from others."""
    return tuple(
        table
        for table in (catalogue.by_name()[name] for name in sorted(_feeds(connection, indicator.queries)))
        if table.file
    )


def _feeds(connection: duckdb.DuckDBPyConnection, queries: Sequence[str]) -> frozenset[str]:
    """Tables that queries read, directly or through tables that are themselves derived by a query."""
    found: set[str] = set()
    waiting = list(queries)
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


def _described(indicator: Indicator, feeding: Iterable[str]) -> dict[str, object]:
    """The indicator's row of profile.indicators."""
    tables = [catalogue.by_name()[name] for name in feeding]
    handling = "restricted" if any(table.handling == "restricted" for table in tables) else "open"
    feeds = {table.name for table in tables if table.file} | (
        {"records.population"} if indicator.unit == "rate_per_10000" else set()
    )
    return {
        "indicator_code": indicator.code,
        "title": indicator.title,
        "family": indicator.family,
        "numerator_is": indicator.numerator,
        "denominator_is": indicator.denominator,
        "unit": indicator.unit,
        "good_is": indicator.good_is,
        "source": indicator.source,
        "sourced": indicator.sourced,
        "reading": indicator.reading or None,
        "threshold": indicator.threshold or None,
        "small_numbers": indicator.small_numbers,
        "beside": indicator.beside or None,
        "broken_down_by": indicator.broken_down_by or None,
        "open_and_late_is": indicator.open_and_late or None,
        "twin": indicator.twin or None,
        "handling": handling,
        "history": indicator.history,
        "feeds": ", ".join(sorted(feeds)),
        "query": indicator.query,
        "late_query": indicator.late_query or None,
    }


def _named_columns(connection: duckdb.DuckDBPyConnection, queries: Sequence[str]) -> frozenset[tuple[str, str]]:
    """The declared columns that queries name, directly or through tables derived from others."""
    behind = [derived_query(name) for name in _feeds(connection, queries)]
    declared = catalogue.by_name()
    return frozenset(
        (table, column)
        for query in [*queries, *filter(None, behind)]
        for table, column in reads(connection, query).columns
        if table in declared and any(one.name == column for one in declared[table].columns)
    )


def _missing(connection: duckdb.DuckDBPyConnection, query: str, received: Mapping[str, Received]) -> str:
    """What a query needs that did not arrive; empty if it can be run."""
    named = _named_columns(connection, [query])
    reasons: list[str] = []
    for name in sorted(_feeds(connection, [query])):
        if absent := _absent(name, received):
            reasons.append(absent)
        elif state := received.get(name):
            table = catalogue.by_name()[name]
            for column in table.columns:
                # Which child a case belongs to does not affect whether it counts, unless the row is about the child.
                only_shown = column.refers_to == "records.children.child_id" and not column.about
                if column.name in state.absent_columns and (name, column.name) in named and not only_shown:
                    reasons.append(f"column {column.heading} of {table.file} is absent")
    return "; ".join(reasons)


def _absent(name: str, received: Mapping[str, Received]) -> str:
    state = received.get(name)
    return f"{catalogue.by_name()[name].file} {state.absent_because}" if state and state.absent_because else ""


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
    """Store persons aged 0 to 17 by year (choices G11); return whether there are several authorities and none chosen.

    A rate of one council's children over the population of several councils would be wrong.
    """
    connection.execute(
        """
        CREATE OR REPLACE TABLE memory.main.population_by_year AS
        SELECT year, sum(persons) AS persons FROM records.population
        WHERE age BETWEEN 0 AND 17 AND (?::VARCHAR IS NULL OR authority_code = ?) GROUP BY year
        """,
        [authority_code, authority_code],
    )
    codes = connection.execute("SELECT count(DISTINCT authority_code) FROM records.population").fetchall()
    return authority_code is None and codes[0][0] > 1


def _periods_of(connection: duckdb.DuckDBPyConnection, measured: Iterable[Indicator]) -> dict[str, str]:
    """The ids of the periods of each kind that indicators are measured in, as SQL lists them; by `_kinds`."""
    found: dict[str, str] = {}
    for kinds in sorted({_kinds(indicator) for indicator in measured}):
        ids = connection.execute(f"SELECT period_id FROM profile.periods WHERE {kinds} ORDER BY period_id").fetchall()
        found[kinds] = ", ".join(str(period_id) for (period_id,) in ids) or "NULL"
    return found


def _in_periods(query: str, period_ids: str) -> str:
    """The query's cases in some periods. They are named one by one: DuckDB then filters the tables the query reads."""
    return f"SELECT * FROM ({query}) WHERE period_id IN ({period_ids})"


# The columns a query selects depend only on its text.
_SELECTED: dict[str, frozenset[str]] = {}


def _selected(connection: duckdb.DuckDBPyConnection, query: str) -> frozenset[str]:
    if query not in _SELECTED:
        described = connection.execute(f"DESCRIBE {query}").fetchall()
        _SELECTED[query] = frozenset(row[0] for row in described)
    return _SELECTED[query]


def _find_cases(connection: duckdb.DuckDBPyConnection, indicator: Indicator, period_ids: str) -> None:
    """Run the indicator's queries into tables of their own, side by side with other indicators."""
    columns = _selected(connection, indicator.query)
    numerator = "numerator_part" if "numerator_part" in columns else "coalesce(counts, false)::INT"
    denominator = "denominator_part" if "denominator_part" in columns else "1"
    beside = "beside_part" if "beside_part" in columns else "coalesce(counts_beside, false)::INT"
    group = f"coalesce(breakdown, {literal(NOT_RECORDED)})" if indicator.breakdown else "NULL::VARCHAR"
    counts = "coalesce(counts, false)" if "counts" in columns else f"{numerator} <> 0"
    connection.execute(
        f"""
        CREATE OR REPLACE TABLE {_cases_of(indicator)} AS
        SELECT period_id, case_id, child_id, {counts} AS counts,
               ({numerator})::DOUBLE AS numerator_part, ({denominator})::DOUBLE AS denominator_part,
               ({beside if indicator.beside else "NULL"})::DOUBLE AS beside_part,
               {group} AS breakdown
        FROM ({_in_periods(indicator.query, period_ids)})
        """
    )
    if indicator.late_query:
        late = _in_periods(indicator.late_query, period_ids)
        connection.execute(
            f"CREATE OR REPLACE TABLE {_late_of(indicator)} AS SELECT period_id, case_id, child_id FROM ({late})"
        )


def _cases_of(indicator: Indicator) -> str:
    return f"memory.main.cases_{indicator.code.lower()}"


def _late_of(indicator: Indicator) -> str:
    return f"memory.main.late_{indicator.code.lower()}"


def _add_up(connection: duckdb.DuckDBPyConnection, indicator: Indicator, why_not_late: str | None) -> None:
    """Write results, breakdowns and the cases of current periods; then drop the indicator's own tables.

    Args:
        why_not_late: why who is open and late cannot be measured, if it should be.
    """
    code = literal(indicator.code)
    connection.execute(
        f"""
        INSERT INTO profile.indicator_cases
        SELECT {code}, period.period_kind, period.ends_on, found.case_id, found.child_id, found.counts,
               found.numerator_part, found.denominator_part, found.breakdown
        FROM {_cases_of(indicator)} AS found JOIN profile.periods AS period USING (period_id)
        WHERE period.is_current
        ORDER BY period.period_kind, found.case_id
        """
    )
    because = literal(why_not_late) if why_not_late else "NULL"
    late = "NULL::DOUBLE"
    if indicator.late_query:
        late = f"(SELECT count(*) FROM {_late_of(indicator)} AS late WHERE late.period_id = divided.period_id)::DOUBLE"
        connection.execute(
            f"""
            INSERT INTO profile.open_and_late
            SELECT {code}, period.period_kind, period.ends_on, found.case_id, found.child_id
            FROM {_late_of(indicator)} AS found JOIN profile.periods AS period USING (period_id)
            WHERE period.is_current
            ORDER BY period.period_kind, found.case_id
            """
        )
    beside = "divided.median_beside" if _is_median(indicator) else _value(indicator, "numerator_beside")
    connection.execute(
        f"""
        INSERT INTO profile.indicator_results
          (indicator_code, period_kind, starts_on, ends_on, numerator, denominator, value, numerator_beside,
           value_beside, longest, open_and_late, open_and_late_because, is_current, not_computable_because)
        WITH divided AS (
          SELECT summed.*, {_denominator(indicator)} AS denominator
          FROM (
            SELECT period.*, {_SUMS}
            FROM (SELECT * FROM profile.periods WHERE {_kinds(indicator)}) AS period
            LEFT JOIN {_cases_of(indicator)} AS found USING (period_id)
            GROUP BY ALL
          ) AS summed
        )
        SELECT {code}, period_kind, starts_on, ends_on, numerator, denominator, {_value(indicator)}, numerator_beside,
               {beside}, {"longest" if _is_median(indicator) else "NULL"}, {late}, {because},
               is_current, {_why_not(indicator)}
        FROM divided ORDER BY period_kind, ends_on
        """
    )
    if indicator.breakdown:
        _break_down(connection, indicator)
    connection.execute(f"DROP TABLE {_cases_of(indicator)}")
    if indicator.late_query:
        connection.execute(f"DROP TABLE {_late_of(indicator)}")


# Summed as decimals, so that the order of the rows cannot change the last digit.
_SUMS = """
    coalesce(sum(found.numerator_part::DECIMAL(28, 6)), 0)::DOUBLE AS numerator,
    coalesce(sum(found.denominator_part::DECIMAL(28, 6)), 0)::DOUBLE AS denominator_of_cases,
    sum(found.beside_part::DECIMAL(28, 6))::DOUBLE AS numerator_beside,
    median(found.numerator_part) AS median, median(found.beside_part) AS median_beside,
    max(found.numerator_part) AS longest
"""


def _break_down(connection: duckdb.DuckDBPyConnection, indicator: Indicator) -> None:
    """The same sums by group; rates are over the whole population, shares over the whole denominator."""
    whole = indicator.unit == "rate_per_10000" or indicator.breakdown == "share of all"
    # For a share of all, every case in the group is counted, including those whose group is not recorded.
    counted = "denominator_of_cases" if indicator.unit in ("percent", "count") and whole else "numerator"
    connection.execute(
        f"""
        INSERT INTO profile.indicator_breakdowns
          (indicator_code, period_kind, starts_on, ends_on, broken_down_by, breakdown, group_is, numerator,
           denominator, value, is_current)
        WITH divided AS (
          SELECT summed.* REPLACE (summed.{counted} AS numerator),
                 {"whole.denominator" if whole else "summed.denominator_of_cases"} AS denominator
          FROM (
            SELECT period.*, found.breakdown, {_SUMS}
            FROM {_cases_of(indicator)} AS found JOIN profile.periods AS period USING (period_id)
            GROUP BY ALL
          ) AS summed
          JOIN profile.indicator_results AS whole
            ON whole.indicator_code = {literal(indicator.code)} AND whole.period_kind = summed.period_kind
           AND whole.ends_on = summed.ends_on
        )
        SELECT {literal(indicator.code)}, period_kind, starts_on, ends_on, {literal(indicator.broken_down_by)},
               breakdown, {_in_words(indicator)}, numerator, denominator, {_value(indicator)}, is_current
        FROM divided ORDER BY period_kind, ends_on, breakdown
        """
    )


def _in_words(indicator: Indicator) -> str:
    """The group's name for a reader: the label of its code, if the groups are codes."""
    if not indicator.group_codes:
        return "breakdown"
    labels = code_list(indicator.group_codes).values.items()
    named = " ".join(f"WHEN {literal(code)} THEN {literal(label)}" for code, label in labels)
    return f"CASE breakdown {named} ELSE breakdown END"


def _count_what_twins_say(connection: duckdb.DuckDBPyConnection) -> None:
    """Fill open_and_late of a timeliness figure from its twin indicator's count for the same last day."""
    connection.execute(
        """
        UPDATE profile.indicator_results AS result
        SET open_and_late = said.late
        FROM (
          SELECT indicator.indicator_code, twin.ends_on,
                 coalesce(
                   twin.open_and_late,
                   CASE WHEN described.good_is = 'high' THEN twin.denominator - twin.numerator ELSE twin.numerator END
                 ) AS late
          FROM profile.indicators AS indicator
          JOIN profile.indicators AS described ON described.indicator_code = indicator.twin
          JOIN profile.indicator_results AS twin ON twin.indicator_code = indicator.twin
          WHERE twin.period_kind = 'snapshot' AND twin.not_computable_because IS NULL
        ) AS said
        WHERE said.indicator_code = result.indicator_code AND said.ends_on = result.ends_on
        """
    )


def _is_median(indicator: Indicator) -> bool:
    return indicator.unit == "median_days"


def _denominator(indicator: Indicator) -> str:
    if indicator.unit != "rate_per_10000":
        return "denominator_of_cases"
    # Choices G11: a financial year uses the population of the year before it ends, as DfE's published rates do.
    return """(SELECT arg_max(population_by_year.persons, population_by_year.year)::DOUBLE
               FROM memory.main.population_by_year
               WHERE population_by_year.year <= year(summed.ends_on) - (summed.period_kind = 'financial_year')::INT)"""


def _value(indicator: Indicator, numerator: str = "numerator") -> str:
    match indicator.unit:
        case "count":
            return numerator
        case "percent":
            return f"100 * {numerator} / nullif(denominator, 0)"
        case "rate_per_10000":
            return f"10000 * {numerator} / nullif(denominator, 0)"
        case "median_days":
            return "median"
        case _:
            return f"{numerator} / nullif(denominator, 0)"


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
