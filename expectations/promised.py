"""The checks a contract promises: a value is present, readable, a known code, refers to a row, is not in the future.

Each is a condition on a row; nothing here sets a row aside (choices G21 does, when records are built). They apply our
own rules X001 to X005 and X010 to every column they fit.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass

from warehouse import catalogue
from warehouse.cell_values import trimmed
from warehouse.codes import code_list
from warehouse.contract import Column, Severity, Table
from warehouse.database import literal, quoted

# The reasons in quality.rejected_rows for which a row was set aside; our own rules X001 to X003.
SET_ASIDE_BY = {
    "key": ("key is missing", "key is repeated"),
    "about": ("child or record not given", "child or record not found"),
    "event date": ("event date is blank", "event date cannot be read"),
}
SET_ASIDE_PROMISE = {
    "key": "every row has a key, and no key is repeated",
    "about": "the child (or plan, or person) it refers to is given and exists",
    "event date": "the date of the event is given and can be read",
}
SET_ASIDE_RULE = {"key": "X001", "about": "X002", "event date": "X003"}


@dataclass(frozen=True, slots=True)
class Check:
    """One promise of one column.

    Attributes:
        offends: SQL over `record`, a row of records; None: a filled cell that is empty in the record breaks it.
        wants_filled: a blank cell breaks it.
        points_at: "records.<table>.<column>" the value must refer to.
    """

    code: str
    title: str
    severity: Severity
    column: Column
    message: str
    offends: str | None = None
    wants_filled: bool = False
    points_at: str | None = None

    @property
    def rule(self) -> str:
        """The own rule it applies (X002 ...); empty if only the contract promises it."""
        if self.column.is_nhs_number:
            return "X010"
        is_day = self.column.kind in ("date", "moment")
        return {
            "readable": "X003" if is_day else "",
            "not_ahead": "X003",
            "coded": "X004",
            "json": "X005",
            "keys": "X005",
            "points": "X002",
        }.get(self.code.split(":")[0], "")

    @property
    def condition(self) -> str:
        """SQL, true of an offending row: over `record`, and `received`, the row of landing it came from."""
        if self.offends:
            return self.offends
        cell = trimmed(self.column.heading or "", "received")
        if self.wants_filled:
            return f"{cell} IS NULL"
        return f"{cell} IS NOT NULL AND record.{quoted(self.column.name)} IS NULL"


def checks(table: Table, as_at: datetime.date) -> Iterator[Check]:
    """What a table's contract promises, other than the promises that set a row aside.

    Args:
        as_at: of the extract; a later date is reported unless the column is declared a due or target date.
    """
    for column in table.columns:
        if column.heading is None:
            continue
        if column.required and not (column.name in table.key or column.about or column.event_date):
            yield _filled(column)
        if column.kind not in ("text", "code", "json") or column.is_nhs_number:
            yield _readable(column)
        if column.kind == "code" and column.codes:
            yield _coded(column, column.codes)
        if column.kind == "json":
            yield _is_json(column)
            if column.codes:
                yield _keys_are_known(column, column.codes)
        if column.kind in ("date", "moment") and not column.may_lie_ahead:
            yield _not_ahead(column, as_at)
        if column.refers_to and not column.about:
            yield _points_somewhere(column, column.refers_to)


def _warning(
    code: str,
    column: Column,
    title: str,
    message: str,
    *,
    offends: str | None = None,
    wants_filled: bool = False,
    points_at: str | None = None,
) -> Check:
    """A check of one column; the title and the message begin with its heading."""
    return Check(
        f"{code}:{column.name}",
        f"{column.heading} {title}",
        "warning",
        column,
        f"{column.heading} {message}",
        offends,
        wants_filled,
        points_at,
    )


def _record(column: Column) -> str:
    return f"record.{quoted(column.name)}"


def _filled(column: Column) -> Check:
    return _warning("present", column, "is filled", "is blank but a value is required", wants_filled=True)


def _readable(column: Column) -> Check:
    if column.is_nhs_number:
        title, fault = "passes the NHS number check digit test", "it fails the NHS number check digit test"
    else:
        title, fault = f"can be read as a {_words(column)}", f"it cannot be read as a {_words(column)}"
    before = ", or is before 1900" if column.kind in ("date", "moment") else ""
    return _warning("readable", column, title, f"is filled but cannot be used: {fault}{before}")


def _coded(column: Column, codes: str) -> Check:
    known = ", ".join(literal(known) for known in code_list(codes).values)
    return _warning(
        "coded",
        column,
        f"is a code in the list {codes}",
        f"is a code that is not in the list {codes}; the row is kept",
        offends=f"{_record(column)} NOT IN ({known})",
    )


def _is_json(column: Column) -> Check:
    return _warning("json", column, "is valid JSON", "is not valid JSON", offends=f"NOT json_valid({_record(column)})")


def _keys_are_known(column: Column, codes: str) -> Check:
    flags, record = code_list(codes), _record(column)
    known = ", ".join(literal(key) for key in (*flags.json_keys, *flags.values))
    return _warning(
        "keys",
        column,
        f"names only entries of the list {codes}",
        f"names something that is not in the list {codes}; the row is kept",
        # An object of flags names them as keys, an array as its values; comments are free text.
        offends=f"CASE WHEN NOT json_valid({record}) THEN false ELSE NOT list_has_all([{known}],"
        f" CASE json_type({record}) WHEN 'OBJECT'"
        f" THEN list_filter(json_keys({record}), lambda key: NOT ends_with(key, 'COMMENTS'))"
        f" WHEN 'ARRAY' THEN from_json({record}, '[\"VARCHAR\"]') ELSE [] END) END",
    )


def _not_ahead(column: Column, as_at: datetime.date) -> Check:
    return _warning(
        "not_ahead",
        column,
        "is not after the extract's as-at date",
        "is after the extract's as-at date; every figure treats it as not yet happened",
        offends=f"{_record(column)}::DATE > DATE {literal(as_at.isoformat())}",
    )


def _points_somewhere(column: Column, refers_to: str) -> Check:
    return _warning(
        "points",
        column,
        f"refers to a row of {refers_to.rsplit('.', 1)[0]}",
        f"refers to no loaded row of {_file(refers_to)}; it is blank in records",
        points_at=refers_to,
    )


def _file(reference: str) -> str:
    return catalogue.by_name()[reference.rsplit(".", 1)[0]].file or ""


def _words(column: Column) -> str:
    return {
        "date": "date",
        "moment": "date and time",
        "whole_number": "whole number",
        "number": "number",
        "yes_no": "yes or no",
    }[column.kind]
