"""Lists of children, plans, complaints: read from the warehouse by SQL files of `lists/`, written as workbooks.

A list's file says what a row is, what its columns mean and which records tables its rows come from; the framework says
which lists and which of their columns are carried, and which request each serves. Names are never on a list: they are
in a separate key. SQL may use $as_at, $window_begins (the day before the window's first), $marked_age, $minimum_age and
$must_not_contact. A column `left_off_because` takes a row off the list and says why; it is counted, never carried.
"""

from __future__ import annotations

import datetime
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

import duckdb
import polars as pl

from transforms.documents.figures import day_in_words
from transforms.documents.sources import Source, fed_by, owner_of, reference_to, standing_of
from transforms.documents.standing import Answered, Standing, standing, worst
from transforms.documents.workbook import MARKING, Sheet, write_workbook
from transforms.framework import Framework, ListAsked
from warehouse.problem import Problem

HEADER = re.compile(r"\A/\*\n(.*?)\*/\n(.*)\Z", re.DOTALL)
LEFT_OFF = "left_off_because"


@dataclass(frozen=True, slots=True)
class ListColumn:
    """A column a list can carry: its heading, meaning, and the code list that explains its codes."""

    heading: str
    meaning: str
    codes: str = ""


@dataclass(frozen=True, slots=True)
class ListQuery:
    """One SQL file of `lists/`.

    Attributes:
        feeds: records tables whose rows become rows of the list.
        order: columns it is ordered by.
        agrees_with: the indicator whose numerator counts the same rows; empty where there is none.
    """

    id: str
    one_row_is: str
    feeds: tuple[str, ...]
    order: tuple[str, ...]
    columns: Mapping[str, ListColumn]
    sql: str
    agrees_with: str = ""


@dataclass(frozen=True, slots=True)
class ListMade:
    """A list as read: the rows carried, how many were left off and why, and how it stands."""

    asked: ListAsked
    query: ListQuery
    frame: pl.DataFrame
    left_off: Mapping[str, int]
    standing: Standing
    feeds: tuple[Source, ...]

    def answered(self, ask_id: str, product: str, file: str) -> Answered:
        """The list as an answer to a request, kept in `file`."""
        return Answered(
            ask_id,
            self.asked.title,
            product,
            self.standing,
            owner_of(self.query.feeds),
            (file,),
            self.frame.height,
            sum(feed.rows_set_aside for feed in self.feeds),
            sum(feed.rows_unmatched for feed in self.feeds),
            reference_to(self.feeds),
        )


@cache
def list_query(list_id: str) -> ListQuery:
    """The list's SQL file, read.

    Raises:
        Problem: there is none of that name, or its opening comment is wrong.
    """
    resource = files("transforms.documents.lists") / f"{list_id}.sql"
    match = HEADER.match(resource.read_text("utf-8")) if resource.is_file() else None
    if match is None:
        raise Problem(
            f"There is no list {list_id!r} with its facts in an opening comment.",
            where=f"transforms/documents/lists/{list_id}.sql",
            why="The framework asks for it.",
            fix="Write the file, or take the list out of the framework.",
        )
    facts = tomllib.loads(match[1])
    columns = {name: ListColumn(**column) for name, column in facts.pop("columns").items()}
    return ListQuery(
        list_id,
        facts["one_row_is"],
        tuple(facts["feeds"]),
        tuple(facts["order"]),
        columns,
        match[2],
        facts.get("agrees_with", ""),
    )


def make_list(
    connection: duckdb.DuckDBPyConnection,
    framework: Framework,
    asked: ListAsked,
    *,
    as_at: datetime.date,
    sources: Mapping[str, Source],
    numerators: Mapping[str, float],
) -> ListMade:
    """Read a list.

    Args:
        asked: the list and the columns the framework asks for.
        as_at: the day it speaks of.
        sources: how the tables of the drop arrived.
        numerators: of the indicators' current results, by code: what lists must agree with.

    Raises:
        Problem: the framework asks for a column that the list does not have.
    """
    query = list_query(asked.id)
    if unknown := [name for name in asked.columns if name not in query.columns]:
        raise Problem(
            f"The list {asked.id} has no column {unknown[0]!r}.",
            where=f"transforms/frameworks/{framework.id}.toml",
            why="The framework asks for it.",
            fix=f"It can carry: {', '.join(query.columns)}.",
        )
    feeds = fed_by(sources, query.feeds)
    every = _rows(connection, framework, asked, query, as_at)
    left_off: dict[str, int] = {}
    kept = every
    if LEFT_OFF in every.columns:
        kept = every.filter(pl.col(LEFT_OFF).is_null())
        left_off = dict(every.drop_nulls(LEFT_OFF).group_by(LEFT_OFF).len().sort(LEFT_OFF).iter_rows())
    doubts = []
    expected = numerators.get(query.agrees_with)
    if expected is not None and every.height != expected:
        before = " before anyone left it" if left_off else ""
        doubts.append(f"{query.agrees_with} counts {expected:,.0f}, the list {every.height:,}{before}")
    if "contact" in asked.columns and (without := kept.get_column("contact").null_count()):
        doubts.append(f"{without:,} without a worker to write to")
    return ListMade(
        asked,
        query,
        kept.select(*asked.columns),
        left_off,
        worst((standing_of(feeds), standing(doubtful=doubts))),
        feeds,
    )


def write_list(
    made: ListMade, path: Path, framework: Framework, *, as_at: datetime.date, created: datetime.datetime
) -> None:
    """The list as a workbook: its rows, then what each column means and which request it serves.

    Args:
        as_at: the day the list speaks of.
        created: the moment written into the workbook as its own.
    """
    window = f"the {made.asked.months} months to {day_in_words(as_at)}" if made.asked.months else day_in_words(as_at)
    about = [
        ("One row is", made.query.one_row_is),
        ("As at", window),
        ("Rows", f"{made.frame.height:,}"),
        ("Names", "Not on this list; see the key to names."),
        ("Standing", ": ".join(part for part in (made.standing.status, "; ".join(made.standing.reasons)) if part)),
        *((f"Left off: {reason}", f"{count:,}") for reason, count in made.left_off.items()),
    ]
    frame = made.frame.with_columns(
        _in_words(name, made.query.columns[name].codes) for name in made.frame.columns if made.query.columns[name].codes
    )
    columns = pl.DataFrame(
        [
            (
                heading_of(made.query.columns[name], framework),
                made.query.columns[name].meaning,
                ask,
                framework.document(ask).title,
                framework.document(ask).sourced,
            )
            for name, ask in made.asked.columns.items()
        ],
        schema=["Column", "Meaning", "Serves", "Which is", "Sourcing"],
        orient="row",
    )
    headings = {name: heading_of(made.query.columns[name], framework) for name in made.frame.columns}
    write_workbook(
        path,
        title=made.asked.title,
        about=about,
        created=created,
        sheets=[Sheet(made.asked.title, frame, headings), Sheet("What each column serves", columns)],
    )


def heading_of(column: ListColumn, framework: Framework) -> str:
    """The column's heading, with the framework's marked age in it where it speaks of one."""
    return column.heading.replace("{survey_marked_age}", str(framework.settings.survey_marked_age))


def write_names_key(
    connection: duckdb.DuckDBPyConnection, lists: Sequence[ListMade], path: Path, *, created: datetime.datetime
) -> int:
    """Names of the children on the lists, in a workbook of its own; returns how many.

    The name of a child who left care by adoption is not given: the name of before would lead to the family of now.
    """
    ids = sorted(
        {one for made in lists if "child_id" in made.frame.columns for one in made.frame["child_id"].drop_nulls()}
    )
    frame: pl.DataFrame = connection.sql(
        "SELECT child.child_id, adopted.child_id IS NULL AS is_named,"
        " CASE WHEN adopted.child_id IS NULL THEN child.forename END AS forename,"
        " CASE WHEN adopted.child_id IS NULL THEN child.surname END AS surname"
        " FROM records.children AS child"
        " LEFT JOIN (SELECT DISTINCT child_id FROM records.looked_after_episodes"
        "   WHERE ceased_reason_code IN ('E11', 'E12')) AS adopted ON adopted.child_id = child.child_id"
        " WHERE child.child_id IN (SELECT unnest($ids::VARCHAR[])) ORDER BY child.child_id",
        params={"ids": ids},
    ).pl()
    children, named = frame.height, int(frame["is_named"].sum())
    write_workbook(
        path,
        title="Key to names",
        about=[
            ("What it is for", "Opens the references on the lists. Send and keep it apart from them."),
            ("Children", f"{children:,}"),
            ("Names not given", f"{children - named:,} who left care by adoption"),
            ("Handling", f"{MARKING}: personal data of children"),
        ],
        sheets=[
            Sheet(
                "Key to names",
                frame.select("child_id", "forename", "surname"),
                {"child_id": "Child", "forename": "Forename", "surname": "Surname"},
            )
        ],
        created=created,
    )
    return children


def _rows(
    connection: duckdb.DuckDBPyConnection,
    framework: Framework,
    asked: ListAsked,
    query: ListQuery,
    as_at: datetime.date,
) -> pl.DataFrame:
    begins = connection.execute(
        "SELECT CAST(? - to_months(?::INTEGER) AS DATE)", [as_at, asked.months or 0]
    ).fetchall()[0][0]
    values = {
        "as_at": as_at,
        "window_begins": begins,
        "marked_age": framework.settings.survey_marked_age,
        "minimum_age": framework.settings.survey_minimum_age,
        "must_not_contact": list(framework.settings.must_not_contact_in_touch_codes),
    }
    used = {name: value for name, value in values.items() if re.search(rf"\${name}\b", query.sql)}
    order = ", ".join(f"{name} NULLS LAST" for name in query.order)
    rows: pl.DataFrame = connection.sql(f"SELECT * FROM ({query.sql}) ORDER BY {order}", params=used).pl()
    return rows


def _in_words(name: str, codes: str) -> pl.Expr:
    """The column's codes in words; a code that the list does not hold is shown as it is, and said to be unknown."""
    words = _words(codes)
    known = pl.col(name).replace_strict(list(words), list(words.values()), default=None, return_dtype=pl.String)
    unknown = pl.concat_str(pl.col(name), pl.lit(" (unknown code)"))
    return pl.when(pl.col(name).is_not_null()).then(pl.coalesce(known, unknown)).alias(name)


@cache
def _words(codes: str) -> Mapping[str, str]:
    facts = tomllib.loads((files("warehouse.codes") / f"{codes}.toml").read_text("utf-8"))
    groups = (facts.get(group, {}) for group in ("retired", "values"))
    return {str(code): str(words).split(";")[0] for group in groups for code, words in group.items()}
