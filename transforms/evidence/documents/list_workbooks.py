"""Lists as workbooks (one each, or a sheet in a shared one), the reconciliation workbook, and the key to names."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

import duckdb
import polars as pl

from transforms.evidence.documents.child_lists import ListColumn, ListMade
from transforms.evidence.documents.figures import day_in_words
from transforms.evidence.documents.reconciliation import NOT_EXPLAINED, Reconciled, why_in_words
from transforms.evidence.documents.workbook import MARKING, Sheet, write_workbook
from transforms.evidence.framework import Framework
from warehouse.codes import code_list
from warehouse.declared_facts import DeclaredFile


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What is shown for codes.

    Attributes:
        values: the words for each code.
        blank: what is shown for a blank; empty: nothing.
        otherwise: what is shown after a code that has no words.
        source, note: where the words come from, and how they were chosen.
    """

    values: Mapping[str, str]
    blank: str = ""
    otherwise: str
    source: str = ""
    note: str = ""


def write_lists(
    framework: Framework,
    made: Mapping[str, ListMade],
    files: Mapping[str, str],
    folder: Path,
    *,
    as_at: datetime.date,
    created: datetime.datetime,
) -> None:
    """Write each list to its file: its rows, then what each column means and which request it serves.

    Args:
        files: the file of each list, relative to the pack's folder.
        as_at: the lists' as-at day.
        created: the creation time written into the workbooks.
    """
    for file in dict.fromkeys(files.values()):
        together = [made[list_id] for list_id, place in files.items() if place == file]
        shared = together[0].asked.workbook
        workbook = framework.workbook(shared) if shared else None
        about = [("About", remark) for remark in workbook.remarks] if workbook else []
        if workbook and not framework.settings.names_key:
            about.append(("Names", "Children's names are not asked for and are not in the pack."))
        sheets = [
            Sheet(one.asked.sheet or one.asked.title, in_words(one), headings_of(one, framework)) for one in together
        ]
        for one in together:
            begins = f"{one.asked.sheet}: " if workbook else ""
            about += [(begins + said, what) for said, what in _about(one, framework, as_at)]
        columns = pl.concat([_columns(one, framework, with_list=workbook is not None) for one in together])
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        write_workbook(
            path,
            title=workbook.title if workbook else together[0].asked.title,
            about=about,
            created=created,
            sheets=[*sheets, Sheet("What each column serves", columns)],
        )


def _about(made: ListMade, framework: Framework, as_at: datetime.date) -> list[tuple[str, str]]:
    window = f"the {made.asked.months} months to {day_in_words(as_at)}" if made.asked.months else day_in_words(as_at)
    about = [
        ("One row is", made.query.one_row_is),
        ("As at", window),
        ("Rows", f"{made.frame.height:,}"),
        *(("How it is counted", sentence) for sentence in made.counting),
    ]
    if framework.settings.names_key:
        about.append(("Names", "Not on this list; see the key to names."))
    about.append(
        ("Status", ": ".join(part for part in (made.readiness.status, "; ".join(made.readiness.reasons)) if part))
    )
    about += [(f"Left off: {reason}", f"{count:,}") for reason, count in made.left_off.items()]
    about += [(f"Empty: {made.query.columns[name].heading}", because) for name, because in made.emptied.items()]
    return about


def headings_of(made: ListMade, framework: Framework) -> dict[str, str]:
    """The list's headings by column, with the framework's marked age filled in."""
    age = str(framework.settings.survey_marked_age)
    return {name: made.query.columns[name].heading.replace("{survey_marked_age}", age) for name in made.frame.columns}


def _columns(made: ListMade, framework: Framework, *, with_list: bool) -> pl.DataFrame:
    """What each column means and which request it serves, how many rows lack a value or have a code without words."""
    headings = headings_of(made, framework)
    shown = in_words(made)
    frame = pl.DataFrame(
        [
            (
                made.asked.sheet,
                headings[name],
                made.query.columns[name].meaning,
                ask,
                framework.document(ask).title,
                framework.document(ask).sourced,
                shown[name].null_count() if made.query.columns[name].required else None,
                _without_words(made.frame[name], made.query.columns[name]),
                made.emptied.get(name, made.lessened.get(name)),
            )
            for name, ask in made.asked.columns.items()
        ],
        schema={
            "List": pl.String,
            "Column": pl.String,
            "Meaning": pl.String,
            "Request": pl.String,
            "Title of the request": pl.String,
            "Sourcing": pl.String,
            "Required values missing": pl.Int64,
            "Codes without words": pl.Int64,
            "What is missing": pl.String,
        },
        orient="row",
    )
    return frame if with_list else frame.drop("List")


def in_words(made: ListMade) -> pl.DataFrame:
    """The list's rows with codes in words; a code without words is shown as it is, marked as having none."""
    return made.frame.with_columns(
        _in_words(name, words, made.frame.schema[name])
        for name in made.frame.columns
        if name not in made.emptied and (words := words_of(made.query.columns[name])) is not None
    )


def _in_words(name: str, words: Words, kind: pl.DataType) -> pl.Expr:
    known = pl.col(name).replace_strict(
        list(words.values), list(words.values.values()), default=None, return_dtype=pl.String
    )
    unknown = pl.concat_str(pl.col(name), pl.lit(f" ({words.otherwise})"))
    blank = pl.lit(words.blank or None, pl.String)
    return pl.when(pl.col(name).is_not_null()).then(pl.coalesce(known, unknown)).otherwise(blank).alias(name)


def _without_words(values: pl.Series, column: ListColumn) -> int | None:
    words = words_of(column)
    return None if words is None else int((~values.drop_nulls().is_in(list(words.values))).sum())


def words_of(column: ListColumn) -> Words | None:
    """What is shown for the column's codes; None if it has no codes."""
    return _words(column.words) if column.words else _codes(column.codes) if column.codes else None


@cache
def _words(name: str) -> Words:
    file = DeclaredFile(
        f"transforms/evidence/documents/words/{name}.toml", "list of words", why="A list of the pack shows these words."
    )
    return file.read(
        (resources.files("transforms.evidence.documents.words") / f"{name}.toml").read_text("utf-8"), Words
    )


@cache
def _codes(name: str) -> Words:
    values = {code: words.split(";")[0] for code, words in code_list(name).values.items()}
    return Words(values=values, otherwise="unknown code")


def write_reconciliation(
    reconciled: Sequence[Reconciled], path: Path, *, foot: str, created: datetime.datetime
) -> None:
    """Write each comparison with its counts, then the children counted differently and why.

    Args:
        foot: the pack's as-at day and moments.
        created: the creation time written into the workbook.
    """
    counts = pl.DataFrame(
        [
            (
                one.comparison.title,
                one.comparison.first,
                None if one.could_not_because else one.first,
                one.comparison.second,
                None if one.could_not_because else one.second,
                None if one.could_not_because else one.differences.height,
                None if one.could_not_because else one.reasons.get(NOT_EXPLAINED, 0),
                one.could_not_because or why_in_words(one),
            )
            for one in reconciled
        ],
        schema={
            "Compared": pl.String,
            "First": pl.String,
            "Count of the first": pl.Int64,
            "Second": pl.String,
            "Count of the second": pl.Int64,
            "Children counted differently": pl.Int64,
            "Not explained": pl.Int64,
            "Why": pl.String,
        },
        orient="row",
    )
    differences = pl.concat(
        one.differences.select(pl.lit(one.comparison.title).alias("title"), "child_id", "first", "second", "because")
        for one in reconciled
    )
    headings = {
        "title": "Compared",
        "child_id": "Child Unique ID",
        "first": "Times in the first",
        "second": "Times in the second",
        "because": "Why",
    }
    write_workbook(
        path,
        title="Lists compared with each other and the profile",
        about=[
            ("Dates", foot),
            (
                "What it is for",
                "For the council: it shows what an inspector will find. The inspectorate does not ask for it.",
            ),
            ("Names", "It does not contain children's names."),
        ],
        sheets=[Sheet("Reconciliation", counts), Sheet("Differences", differences, headings)],
        created=created,
    )


def write_names_key(
    connection: duckdb.DuckDBPyConnection, lists: Sequence[ListMade], path: Path, *, created: datetime.datetime
) -> int:
    """Write the names of the children on the lists to a separate workbook; return how many children.

    The name of a child who left care by adoption is not given: the earlier name could lead to the new family.
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
            (
                "What it is for",
                "Gives the name for each reference on the lists. Send it and keep it separately from them.",
            ),
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
