"""Lists of children, plans and complaints, read from the warehouse by the SQL files in `lists/`.

A list's file says what a row is, what its columns mean and which records tables its rows come from; the framework says
which lists and columns the pack includes, and which request each serves. Children's names are never on a list: they are
in a separate key. SQL may use $as_at, $window_begins (the day before the window's first day), $marked_age, $minimum_age
and $must_not_contact. A value in the column `left_off_because` takes the row off the list and says why; such rows are
counted but not included. A column that no extract contains, or whose source was not received, is left empty, and the
pack says so.

What several lists say of a child in the same way is written once, as a part under `list_parts/`: a list reads the part
by name, like a table, and has its columns too.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files

import duckdb
import polars as pl

from transforms.evidence.documents.figures import day_in_words
from transforms.evidence.documents.readiness import Answer, Readiness, readiness_from, worst
from transforms.evidence.documents.tables_as_arrived import (
    TableAsArrived,
    fed_by,
    is_restricted,
    not_there,
    owner_of,
    readiness_of,
)
from transforms.evidence.framework import Framework, ListAsked, Product
from warehouse.declared_facts import DeclaredFile, Facts
from warehouse.problem import Problem
from warehouse.sql_file import SqlFile, read_sql_file
from warehouse.sql_reads import parameters

LEFT_OFF = "left_off_because"


@dataclass(frozen=True, slots=True)
class ListColumn:
    """A column a list can include.

    Attributes:
        codes: the code list (warehouse/codes) that explains its codes.
        words: the request's own words for its codes (documents/words), used instead of `codes`.
        feeds: records tables or columns without which it would be wrong; if one is missing, the column is empty.
        adds: records tables that add to it, and without which it is less complete.
        not_held: why no extract can give it; it is then always empty, and the list's query need not select it.
        required: whether every row should have a value.
    """

    heading: str
    meaning: str
    codes: str = ""
    words: str = ""
    feeds: tuple[str, ...] = ()
    adds: tuple[str, ...] = ()
    not_held: str = ""
    required: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ListFacts:
    """What a list's file declares in its opening comment.

    Attributes:
        feeds: records tables whose rows become rows of the list.
        order: columns it is ordered by.
        part: the file of `list_parts/` whose rows and columns it starts from; empty if none.
        agrees_with: the indicator whose numerator counts the same rows; empty if none.
        counting: how its rows and columns are counted, one sentence each; {as_at} and {window_begins} become dates.
    """

    one_row_is: str
    feeds: tuple[str, ...]
    order: tuple[str, ...]
    columns: Mapping[str, ListColumn]
    part: str = ""
    agrees_with: str = ""
    counting: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPart:
    """What a file of `list_parts/` declares: columns that several lists share, and the rows they come from."""

    one_row_is: str
    columns: Mapping[str, ListColumn]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListQuery(ListFacts):
    """One SQL file of `lists/`: its facts and its query.

    Attributes:
        sql: selects the rows, including those of its part if it has one.
    """

    id: str
    sql: str


@dataclass(frozen=True, slots=True)
class ListMade:
    """A list as read: its rows, how many were left off and why, and how ready it is.

    Attributes:
        every: all rows the query gives, including those left off.
        emptied: columns left empty, each with the reason.
        lessened: columns that are less complete because a source was not received, each with the reason.
        window_begins: the day before its window's first day; the as-at day if it has no window.
        counting: how it is counted, with dates filled in.
    """

    asked: ListAsked
    query: ListQuery
    frame: pl.DataFrame
    every: pl.DataFrame
    left_off: Mapping[str, int]
    readiness: Readiness
    feeds: tuple[TableAsArrived, ...]
    emptied: Mapping[str, str]
    lessened: Mapping[str, str]
    window_begins: datetime.date
    counting: tuple[str, ...]

    def answered(self, request_id: str, product: Product, file: str) -> Answer:
        """The list as an answer to a request, kept in `file`."""
        restricted = is_restricted(self.query.feeds)
        # Anybody may know which file was not received or is old, but not the numbers of restricted rows.
        open_reasons = {because for feed in self.feeds for because in (feed.absent_because, feed.stale_because)}
        return Answer(
            request_id=request_id,
            title=self.asked.title,
            product=product,
            source_id=self.asked.id,
            readiness=self.readiness,
            owner=owner_of(self.query.feeds),
            files=(file,),
            found=self.frame.height,
            is_restricted=restricted,
            restricted_reasons=frozenset(self.readiness.reasons) - open_reasons if restricted else frozenset(),
        )


@cache
def list_query(list_id: str) -> ListQuery:
    """The list's SQL file, together with the part it reads.

    Raises:
        Problem: no list has that name, or its opening comment is wrong.
    """
    read = _read("lists", list_id, ListFacts)
    facts = {one.name: getattr(read.facts, one.name) for one in fields(read.facts)}
    sql = read.sql
    if part := read.facts.part:
        of_part = _read("list_parts", part, ListPart)
        facts["columns"] = {**facts["columns"], **of_part.facts.columns}
        sql = f"WITH {part} AS ({of_part.sql}) SELECT * FROM ({sql})"
    return ListQuery(**facts, id=list_id, sql=sql)


def _read(folder: str, name: str, kind: type[Facts]) -> SqlFile[Facts]:
    """An SQL file of `lists/` or `list_parts/` with its facts."""
    resource = files(f"transforms.evidence.documents.{folder}") / f"{name}.sql"
    file = DeclaredFile(f"transforms/evidence/documents/{folder}/{name}.sql", "list", why="The framework asks for it.")
    if not resource.is_file():
        raise file.problem(f"There is no list {name!r}.", fix="Write the file, or remove the list from the framework.")
    return read_sql_file(resource.read_text("utf-8"), file, kind)


def make_list(
    connection: duckdb.DuckDBPyConnection,
    framework: Framework,
    asked: ListAsked,
    *,
    as_at: datetime.date,
    sources: Mapping[str, TableAsArrived],
    numerators: Mapping[str, float],
) -> ListMade:
    """Read a list.

    Args:
        asked: the list and the columns the framework asks for.
        as_at: the as-at day.
        sources: how each table of the drop arrived.
        numerators: numerators of the indicators' current results, by code; lists must agree with them.

    Raises:
        Problem: the framework asks for a column that the list does not have.
    """
    query = list_query(asked.id)
    if unknown := [name for name in asked.columns if name not in query.columns]:
        raise Problem(
            f"The list {asked.id} has no column {unknown[0]!r}.",
            where=f"transforms/evidence/frameworks/{framework.id}.toml",
            why="The framework asks for it.",
            fix=f"Ask for columns it has: {', '.join(query.columns)}.",
        )
    feeds = fed_by(sources, query.feeds)
    begins = _window_begins(connection, asked, as_at)
    every = _rows(connection, framework, query, as_at, begins)
    columns = {name: query.columns[name] for name in asked.columns}
    emptied = _because(columns, lambda column: _empty_because(sources, column))
    lessened = _because(columns, lambda column: _less_because(sources, column))
    kept, left_off = _left_off(every)
    doubts = [
        *_disagreement(query, every.height, numerators, before_leaving=bool(left_off)),
        *_without_contact(columns, kept),
        *(f"{columns[name].heading} is empty: {because}" for name, because in emptied.items()),
        *(f"{columns[name].heading}: {because}" for name, because in lessened.items()),
    ]
    days = {"as_at": day_in_words(as_at), "window_begins": day_in_words(begins)}
    return ListMade(
        asked,
        query,
        kept.select(
            pl.lit(None, kept.schema.get(name, pl.String)).alias(name) if name in emptied else pl.col(name)
            for name in columns
        ),
        every,
        left_off,
        worst((readiness_of(feeds), readiness_from(doubtful=doubts))),
        feeds,
        emptied,
        lessened,
        begins,
        tuple(sentence.format(**days) for sentence in query.counting),
    )


def _because(columns: Mapping[str, ListColumn], why: Callable[[ListColumn], str]) -> dict[str, str]:
    """Each column for which `why` gives a reason, with the reason."""
    return {name: because for name, column in columns.items() if (because := why(column))}


def _left_off(every: pl.DataFrame) -> tuple[pl.DataFrame, dict[str, int]]:
    """The rows that stay on the list, and how many were left off, by reason."""
    if LEFT_OFF not in every.columns:
        return every, {}
    counts = every.drop_nulls(LEFT_OFF).group_by(LEFT_OFF).len().sort(LEFT_OFF)
    return every.filter(pl.col(LEFT_OFF).is_null()), dict(counts.iter_rows())


def _disagreement(
    query: ListQuery, rows: int, numerators: Mapping[str, float], *, before_leaving: bool
) -> Iterator[str]:
    """The doubt to report if the indicator that counts the same rows has a different number."""
    expected = numerators.get(query.agrees_with)
    if expected is not None and rows != expected:
        before = " before rows were left off" if before_leaving else ""
        yield f"{query.agrees_with} counts {expected:,.0f}, the list {rows:,}{before}"


def _without_contact(columns: Mapping[str, ListColumn], kept: pl.DataFrame) -> Iterator[str]:
    """The doubt to report if people on a survey list have no worker through whom to write to them."""
    if "contact" in columns and (without := kept.get_column("contact").null_count()):
        yield f"{without:,} with no worker to write to"


def _empty_because(sources: Mapping[str, TableAsArrived], column: ListColumn) -> str:
    """Why the column is left empty; empty text if it is not."""
    return column.not_held or "; ".join(
        dict.fromkeys(because for feed in column.feeds if (because := not_there(sources, feed)))
    )


def _less_because(sources: Mapping[str, TableAsArrived], column: ListColumn) -> str:
    """Why the column is less complete than it could be; empty text if it is complete."""
    return "; ".join(filter(None, (not_there(sources, one) for one in column.adds)))


def _window_begins(connection: duckdb.DuckDBPyConnection, asked: ListAsked, as_at: datetime.date) -> datetime.date:
    """The day before the first day of the list's window; the as-at day itself if it has no window."""
    begins: datetime.date = connection.execute(
        "SELECT CAST(? - to_months(?::INTEGER) AS DATE)", [as_at, asked.months or 0]
    ).fetchall()[0][0]
    return begins


def _rows(
    connection: duckdb.DuckDBPyConnection,
    framework: Framework,
    query: ListQuery,
    as_at: datetime.date,
    begins: datetime.date,
) -> pl.DataFrame:
    values = {
        "as_at": as_at,
        "window_begins": begins,
        "marked_age": framework.settings.survey_marked_age,
        "minimum_age": framework.settings.survey_minimum_age,
        "must_not_contact": list(framework.settings.must_not_contact_in_touch_codes),
    }
    used = {name: values[name] for name in parameters(query.sql)}
    order = ", ".join(f"{name} NULLS LAST" for name in query.order)
    rows: pl.DataFrame = connection.sql(f"SELECT * FROM ({query.sql}) ORDER BY {order}", params=used).pl()
    return rows
