"""Runs every check on what arrived: promised by the contracts, statutory, our own. Met, broken, or not checked.

Great Expectations counts the rows that break a check; our own SQL also counts them and lists them all. If the two
counts differ, the check has failed and is never passed. Without Great Expectations (checking one file) ours is used.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol

import duckdb

from expectations.promised import SET_ASIDE_BY, SET_ASIDE_PROMISE, SET_ASIDE_RULE, Check, checks
from expectations.rule import SOURCES, return_year, rule_reads, rules
from warehouse import catalogue
from warehouse.contract import Column, Table
from warehouse.database import insert, keep_in_order, landing_columns, literal, quoted, side_by_side

NOT_CHECKED = "could not be checked"


class SecondCount(Protocol):
    """What another engine reports of a check: the rows that break it, or None and why it failed."""

    @property
    def rows_broken(self) -> int | None: ...
    @property
    def fault(self) -> str: ...


Count = Callable[[duckdb.DuckDBPyConnection, Mapping[str, Mapping[str, str]]], Mapping[str, SecondCount]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One check of one table, before it has an outcome.

    Attributes:
        column: the column of the record to look at first; None: the whole row.
        message: what is wrong with a row that breaks it; never a value.
        batch: SELECT of the rows to check.
        breaks: condition on a row of the batch, true if the row breaks the check.
        offending: SELECT of received_row of the rows of the table that break it; None: they are listed elsewhere
            (quality.rejected_rows).
        because, coverage: why it was not run, and whether it was skipped or failed.
    """

    code: str
    title: str
    severity: str
    kind: str
    rule: str
    source: str
    table: Table
    reads: tuple[tuple[str, str], ...]
    message: str = ""
    column: str | None = None
    fix: str = ""
    batch: str = ""
    breaks: str = ""
    offending: str | None = None
    because: str = ""
    coverage: str = "ran"

    @property
    def name(self) -> str:
        return f"{self.table.file} {self.code}"


def judge(
    connection: duckdb.DuckDBPyConnection,
    as_at_by_table: Mapping[str, datetime.date],
    *,
    as_at: datetime.date,
    only: Sequence[Table] | None = None,
    count: Count | None = None,
) -> None:
    """Run every check on what arrived; fill quality.checks, quality.check_columns and quality.issues.

    Args:
        as_at_by_table: the extract's as-at date by the table's name in the drop; a table not named did not arrive.
        as_at: the as-at date of the run, which decides which year's rules apply.
        only: only these tables; by default every table of a drop.
        count: an engine that counts independently of our own SQL; a check is met only if it finds no row.
    """
    landed = landing_columns(connection)
    arrived = {file: set(landed[file]) for file in as_at_by_table if landed.get(file)}
    filled = {name for name in landed if connection.execute(f"SELECT 1 FROM landing.{name} LIMIT 1").fetchall()}
    reachable = {
        f"{table.name}.{column.name}"
        for table in catalogue.by_file().values()
        if table.file in filled
        for column in table.columns
        if column.heading in landed[table.file]
    }
    tables = [table for table in (catalogue.tables("records") if only is None else only) if table.file]
    promised = side_by_side(
        connection,
        [
            partial(
                _promised,
                table=table,
                as_at=as_at_by_table.get(table.file or ""),
                received=arrived.get(table.file or "", set()),
                reachable=reachable,
            )
            for table in tables
        ],
    )
    asked = [one for found in promised for one in found]
    asked += _of_rules(connection, tables, arrived, as_at)
    rows = _row_counts(connection, tables, arrived)
    outcomes = _count_and_list(connection, [one for one in asked if not one.because], count)
    insert(
        connection,
        catalogue.by_name()["quality.checks"],
        [_outcome(one, outcomes.get(one.name), rows) for one in asked],
    )
    insert(
        connection,
        catalogue.by_name()["quality.check_columns"],
        [[one.code, one.table.file, *column] for one in asked for column in one.reads],
    )
    for table in tables:
        connection.execute(f"DROP TABLE IF EXISTS {_verdicts(table)}")
    keep_in_order(connection, "quality.issues", "source_table, check_code, row_number")


def state_coverage(connection: duckdb.DuckDBPyConnection) -> None:
    """Fill quality.coverage from quality.checks, once every check has its outcome."""
    connection.execute(
        """
        INSERT INTO quality.coverage
        SELECT kind, source, count(*), count(*) FILTER (outcome = 'met'), count(*) FILTER (outcome = 'broken'),
               count(*) FILTER (coverage = 'skipped'), count(*) FILTER (coverage = 'failed'),
               coalesce(sum(rows_checked), 0), coalesce(sum(rows_broken), 0)
        FROM quality.checks GROUP BY kind, source
        ORDER BY list_position(['promised', 'statutory', 'own'], kind), source
        """
    )


# ---------------------------------------------------------------- the checks to run


def _promised(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    as_at: datetime.date | None,
    received: set[str],
    reachable: set[str],
) -> list[Asked]:
    """The checks of one contract; a separate table holds the verdict on every row of those that can run."""
    if as_at is None or not received:
        title = f"{table.file} meets its contract"
        return [_of_contract(table, "contract", title, "info", "", (), "the table did not arrive")]
    asked = [_of_setting_aside(table, what, received, reachable) for what in SET_ASIDE_BY]
    promised = [_of_promise(table, check, received, reachable) for check in checks(table, as_at)]
    conditions = {one.code: check.condition for one, check in promised if not one.because}
    if conditions:
        # One pass: a cell of a record is empty if it was blank, unreadable or referred to nothing; the received row,
        # joined here, shows which.
        verdicts = ", ".join(f"coalesce({sql}, false) AS {quoted(code)}" for code, sql in conditions.items())
        try:
            connection.execute(
                f"CREATE OR REPLACE TABLE {_verdicts(table)} AS SELECT record.received_row, {verdicts}"
                f" FROM {table.name} AS record JOIN {table.landing_name} AS received"
                " ON received._row = record.received_row"
            )
        except duckdb.Error as error:
            promised = [(_not_run(one, _fault(error), "failed"), check) for one, check in promised]
    return [*(one for one in asked if one), *(one for one, _ in promised)]


def _of_contract(
    table: Table, code: str, title: str, severity: str, rule: str, read: tuple[tuple[str, str], ...], because: str = ""
) -> Asked:
    return Asked(
        code=code,
        title=title,
        severity=severity,
        kind="promised",
        rule=rule,
        source="contract",
        table=table,
        reads=read,
        because=because,
        coverage="skipped" if because else "ran",
        fix=f"{table.team[:1].upper()}{table.team[1:]}: correct the cell at its source.",
    )


def _of_setting_aside(table: Table, what: str, received: set[str], reachable: set[str]) -> Asked | None:
    """A critical promise: rows that break it were set aside when records were built."""
    columns = [column for column in table.columns if _stands_for(table, column, what)]
    if not columns:
        return None
    because = ""
    for column in columns:
        if column.heading not in received:
            because = f"column {column.heading} is absent"
        elif what == "about" and column.refers_to not in reachable:
            because = _unreachable(column.refers_to or "")
    headings = ", ".join(column.heading or "" for column in columns)
    asked = _of_contract(
        table,
        f"set aside:{what}",
        f"{headings}: {SET_ASIDE_PROMISE[what]}",
        "critical",
        SET_ASIDE_RULE[what],
        tuple((table.name, column.name) for column in columns),
        because,
    )
    broken = ", ".join(literal(rule) for rule in SET_ASIDE_BY[what])
    return replace(
        asked,
        batch="SELECT * FROM quality.rejected_rows",
        breaks=f"source_table = {literal(table.file or '')} AND rule IN ({broken})",
    )


def _stands_for(table: Table, column: Column, what: str) -> bool:
    return column.name in table.key if what == "key" else column.about if what == "about" else column.event_date


def _of_promise(table: Table, check: Check, received: set[str], reachable: set[str]) -> tuple[Asked, Check]:
    because = ""
    if check.column.heading not in received:
        because = f"column {check.column.heading} is absent"
    elif check.points_at and check.points_at not in reachable:
        because = _unreachable(check.points_at)
    asked = _of_contract(
        table, check.code, check.title, check.severity, check.rule, ((table.name, check.column.name),), because
    )
    return (
        replace(
            asked,
            message=check.message,
            column=check.column.name,
            batch=f"SELECT * FROM {_verdicts(table)}",
            breaks=quoted(check.code),
            offending=f"SELECT received_row FROM {_verdicts(table)} WHERE {quoted(check.code)}",
        ),
        check,
    )


def _of_rules(
    connection: duckdb.DuckDBPyConnection,
    tables: Sequence[Table],
    arrived: Mapping[str, set[str]],
    as_at: datetime.date,
) -> Iterator[Asked]:
    """The statutory and own rules of these tables, with the reason if a rule cannot be run."""
    judged = {table.name for table in tables}
    for rule in rules():
        if rule.table not in judged:
            continue
        columns = tuple(sorted(column for column in rule_reads(connection, rule).columns if _is_record(column)))
        because = _missing(columns, arrived)
        if not rule.is_asked_on(as_at):
            because = f"does not apply to the return for the year to 31 March {return_year(as_at)}"
        yield Asked(
            code=f"{SOURCES[rule.source]}{rule.code.lower()}",
            title=rule.title,
            severity=rule.severity,
            kind="own" if rule.source == "own" else "statutory",
            rule=rule.code,
            source=rule.source,
            table=catalogue.by_name()[rule.table],
            reads=columns,
            message=rule.title,
            column=rule.column,
            fix=rule.fix,
            batch=f"SELECT * FROM {rule.table}",
            breaks=f"received_row IN ({rule.query})",
            offending=rule.query,
            because=because,
            coverage="skipped" if because else "ran",
        )


def _is_record(column: tuple[str, str]) -> bool:
    """Whether the column came in a drop. DuckDB may give a name to several tables; only those that declare it count."""
    table = catalogue.by_name().get(column[0])
    return table is not None and table.file is not None and any(one.name == column[1] for one in table.columns)


def _missing(columns: Iterable[tuple[str, str]], arrived: Mapping[str, set[str]]) -> str:
    reasons = []
    for name, column_name in columns:
        table = catalogue.by_name()[name]
        heading = table.column(column_name).heading
        if (received := arrived.get(table.file or "")) is None:
            reasons.append(f"{table.file} did not arrive")
        elif heading and heading not in received:
            reasons.append(f"column {heading} of {table.file} is absent")
    return "; ".join(dict.fromkeys(reasons))


def _unreachable(reference: str) -> str:
    parent, name = reference.rsplit(".", 1)
    table = catalogue.by_name()[parent]
    return f"{table.file} did not arrive, is empty or lacks {table.column(name).heading}"


def _verdicts(table: Table) -> str:
    return f"memory.main.verdicts_{table.file}"


# ---------------------------------------------------------------- outcomes


@dataclass(frozen=True, slots=True)
class _Found:
    rows_broken: int = 0
    fault: str = ""


def _count_and_list(
    connection: duckdb.DuckDBPyConnection, asked: Sequence[Asked], count: Count | None
) -> dict[str, _Found]:
    """Count the rows that break each check, by its name; list those of records in quality.issues."""
    said: Mapping[str, SecondCount] = {}
    if count is not None:
        by_batch: dict[str, dict[str, str]] = {}
        for one in asked:
            # The engine inserts the batch with str.format, so a brace in the query itself is doubled.
            breaks = one.breaks.replace("{", "{{").replace("}", "}}")
            by_batch.setdefault(one.batch, {})[one.name] = f"SELECT 1 FROM {{batch}} WHERE {breaks}"
        try:
            said = count(connection, by_batch)
        except Exception:
            # An error of the whole engine must not stop the night; without its counts no check is passed.
            said = {}
    found: dict[str, _Found] = {}
    to_list: list[Asked] = []
    for one in asked:
        heard = said.get(one.name)
        if count is not None and (heard is None or heard.rows_broken is None):
            found[one.name] = _Found(fault=heard.fault if heard else "Great Expectations gave no result")
        elif heard is not None and heard.rows_broken == 0:
            found[one.name] = _Found()
        else:
            to_list.append(one)
    listed = side_by_side(connection, [partial(_list, asked=one) for one in to_list])
    for one, ours in zip(to_list, listed, strict=True):
        heard = said.get(one.name)
        differ = heard is not None and not ours.fault and heard.rows_broken != ours.rows_broken
        found[one.name] = replace(ours, fault="the two counts of its rows differ") if differ else ours
    return found


def _list(connection: duckdb.DuckDBPyConnection, asked: Asked) -> _Found:
    try:
        if asked.offending is None:
            counted = connection.execute(f"SELECT count(*) FROM ({asked.batch}) WHERE {asked.breaks}").fetchone()
        else:
            counted = connection.execute(_listing(asked)).fetchone()
    except duckdb.Error as error:
        return _Found(fault=_fault(error))
    assert counted is not None
    return _Found(counted[0])


def _listing(asked: Asked) -> str:
    table = asked.table
    # Every key column has arrived: a file without one is refused.
    keys = [table.column(name).heading or "" for name in table.key]
    key = " || ' | ' || ".join(f"coalesce(received.{quoted(part)}, '')" for part in keys) or "''"
    return f"""
        INSERT INTO quality.issues
        SELECT {literal(asked.code)}, {literal(asked.severity)}, {literal(table.file or "")}, received._extract_id,
               received._sheet, received._row, {key}, {literal(asked.column) if asked.column else "NULL"},
               {literal(asked.message)}
        FROM {table.landing_name} AS received JOIN {table.name} AS record ON record.received_row = received._row
        WHERE received._row IN ({asked.offending})
    """


def _not_run(asked: Asked, because: str, coverage: str) -> Asked:
    return asked if asked.because else replace(asked, because=because, coverage=coverage)


def _fault(error: duckdb.Error) -> str:
    """Only the kind of fault: its text may quote a cell."""
    return f"the query failed ({type(error).__name__})"


def _row_counts(
    connection: duckdb.DuckDBPyConnection, tables: Sequence[Table], arrived: Mapping[str, set[str]]
) -> dict[str, int]:
    """Rows received by landing table, and rows loaded by records table."""
    counts = [
        f"SELECT {literal(name)}, count(*) FROM {name}"
        for table in tables
        if table.file in arrived
        for name in (table.landing_name, table.name)
    ]
    return dict(connection.execute(" UNION ALL ".join(counts)).fetchall()) if counts else {}


def _outcome(asked: Asked, found: _Found | None, rows: Mapping[str, int]) -> list[object]:
    because, coverage = asked.because, asked.coverage
    if found is not None and found.fault:
        because, coverage = found.fault, "failed"
    broken = found.rows_broken if found and not because else 0
    # What sets rows aside was asked of every row received, the rest of those that were loaded.
    looked_at = rows.get(asked.table.name if asked.offending else asked.table.landing_name, 0)
    outcome = NOT_CHECKED if because else "broken" if broken else "met"
    return [
        asked.code,
        asked.title,
        asked.severity,
        asked.table.file,
        outcome,
        0 if because else looked_at,
        broken,
        because or None,
        asked.table.team,
        asked.kind,
        asked.rule or None,
        asked.source,
        coverage,
        asked.fix or None,
    ]
