"""The contract of a table: its columns, keys and promises, declared once and used by the code of every schema.

A records table declares the headings under which its columns arrive in a drop. This one declaration gives the landing
table, the cast into records, CREATE TABLE and its comments, the reasons to set a row aside, the data dictionary and
what the general file must hide. Declarations are data: nothing here opens a file or a database.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypedDict, Unpack

Kind = Literal["text", "date", "moment", "whole_number", "number", "yes_no", "code", "json"]
Severity = Literal["critical", "warning", "info"]
Handling = Literal["open", "restricted"]

SQL_TYPE: dict[Kind, str] = {
    "text": "VARCHAR",
    "date": "DATE",
    "moment": "TIMESTAMP",
    "whole_number": "BIGINT",
    "number": "DOUBLE",
    "yes_no": "BOOLEAN",
    "code": "VARCHAR",
    "json": "VARCHAR",
}


@dataclass(frozen=True, slots=True)
class Spelling:
    """Another known heading of a column, and who uses it."""

    heading: str
    written_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of a table.

    Attributes:
        name: whole words; `_on` is a day, `_at` a moment, `_code` a code, `is_`/`has_` a yes or no.
        description: what the value is, with its unit; becomes the comment in the database and the dictionary.
        kind: how the received text is read. A value that cannot be read is NULL in records, stays in landing and is
            reported.
        heading: the heading in the drop; None if the column does not come from a drop.
        also: other spellings of the heading, each with who uses it. Matched exactly, ignoring case.
        required: the standard expects a value; a blank is reported (it never sets a row aside by itself).
        optional: the column may be absent from a file; that is not reported.
        codes: name of the code list (`warehouse/codes/<name>.toml`). An unknown code is kept and reported.
        refers_to: "records.<table>.<column>" with the same value. A value not found there is NULL in records and
            reported.
        about: the row belongs to the record it refers to: without that record the row is set aside (choices G21 b).
        event_date: the row's event date: blank, unreadable or before 1900 sets the row aside (choices G21 c).
        closes: the day the record was closed or settled: the row is open while all such columns are blank. An open row
            that is gone from the next delivery is reported.
        may_lie_ahead: a due or target date, which may be later than the extract.
        identifies: names or identifies a person; redacted in every wider copy of the table.
        is_nhs_number: ten digits with a modulus-11 check; a number that fails it is NULL in records and reported.
        hidden_where: the rows for which the general file has NULL here, as an SQL condition on the table's own columns.
    """

    name: str
    description: str
    kind: Kind
    heading: str | None = None
    also: tuple[Spelling, ...] = ()
    required: bool = False
    optional: bool = False
    codes: str | None = None
    refers_to: str | None = None
    about: bool = False
    event_date: bool = False
    closes: bool = False
    may_lie_ahead: bool = False
    identifies: bool = False
    is_nhs_number: bool = False
    hidden_where: str = ""

    @property
    def sql_type(self) -> str:
        return SQL_TYPE[self.kind]


RECEIVED_ROW = Column(
    name="received_row",
    description="Row of the file, as Excel shows it; quality.arrivals names the file. For stacked sheets, 10,000,000 is"
    " added for each sheet before its own.",
    kind="whole_number",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table of the warehouse.

    Attributes:
        name: "<room>.<table>".
        one_row_is: what one row is, as a sentence; becomes the table's comment.
        key: names of the columns that identify a row; empty if there is no key.
        columns: in the order they are shown.
        file: the table's name in a drop (`ssd_cp_plans`); None if it does not come from a drop.
        source: the folder of the drop it is expected in.
        sheet: the workbook it may arrive in as a sheet, instead of as its own file.
        needed: figures cannot be trusted without it: if too many of its rows are set aside, the run stops before
            publishing.
        handling: "restricted" rows (LADO, private fostering, staff, complaints) stay out of the general file.
        keeps_unknown_columns: an undeclared column is kept in landing; False: it is not loaded.
        text_dates: formats (strptime) that a date may have as text, in addition to ISO 8601.
        team: who corrects its faults.
        sourced: how well the layout is sourced: "verified" (the sector's open standard) or "proposed" (ours).
    """

    name: str
    one_row_is: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    file: str | None = None
    source: str | None = None
    sheet: str | None = None
    needed: bool = False
    handling: Handling = "open"
    keeps_unknown_columns: bool = True
    text_dates: tuple[str, ...] = ()
    team: str = ""
    sourced: str = "verified"

    @property
    def short_name(self) -> str:
        return self.name.split(".", 1)[1]

    @property
    def landing_name(self) -> str:
        return f"landing.{self.file}"

    @property
    def stored_columns(self) -> tuple[Column, ...]:
        """The columns and, for a table of a drop, the row of the file."""
        return (*self.columns, RECEIVED_ROW) if self.file else self.columns

    def column(self, name: str) -> Column:
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.name} has no column {name}")


def also(heading: str, written_by: str) -> Spelling:
    """Another known heading of the same column."""
    return Spelling(heading, written_by)


class ColumnFacts(TypedDict, total=False):
    """The facts that may be declared for a column after its name, description and heading; see Column."""

    also: tuple[Spelling, ...]
    required: bool
    optional: bool
    refers_to: str
    about: bool
    event_date: bool
    closes: bool
    may_lie_ahead: bool
    identifies: bool
    is_nhs_number: bool
    hidden_where: str


def text(name: str, description: str, heading: str | None = None, **rest: Unpack[ColumnFacts]) -> Column:
    """Text kept exactly, without blanks at either end. Identifiers are text."""
    return Column(name=name, description=description, kind="text", heading=heading, **rest)


def date(name: str, description: str, heading: str | None = None, **rest: Unpack[ColumnFacts]) -> Column:
    """A day. ISO 8601; midnight may follow as a time."""
    return Column(name=name, description=description, kind="date", heading=heading, **rest)


def moment(name: str, description: str, heading: str | None = None, **rest: Unpack[ColumnFacts]) -> Column:
    """A day with a time of day, as the source's clock showed it."""
    return Column(name=name, description=description, kind="moment", heading=heading, **rest)


def whole_number(name: str, description: str, heading: str | None = None, **rest: Unpack[ColumnFacts]) -> Column:
    """A whole number."""
    return Column(name=name, description=description, kind="whole_number", heading=heading, **rest)


def number(name: str, description: str, heading: str | None = None, **rest: Unpack[ColumnFacts]) -> Column:
    """A number with decimals."""
    return Column(name=name, description=description, kind="number", heading=heading, **rest)


def yes_no(name: str, description: str, heading: str | None = None, **rest: Unpack[ColumnFacts]) -> Column:
    """Y or N; NULL if neither."""
    return Column(name=name, description=description, kind="yes_no", heading=heading, **rest)


def code(
    name: str, description: str, codes: str | None, heading: str | None = None, **rest: Unpack[ColumnFacts]
) -> Column:
    """A code from a dated list. An unknown code is kept and reported."""
    return Column(name=name, description=description, kind="code", heading=heading, codes=codes, **rest)


def json(
    name: str, description: str, heading: str | None = None, codes: str | None = None, **rest: Unpack[ColumnFacts]
) -> Column:
    """JSON as text; `codes` names the list of its flags."""
    return Column(name=name, description=description, kind="json", heading=heading, codes=codes, **rest)
