"""The SQL that reads the value of a record from a cell of landing (text as received).

Every format is declared here; nothing is inferred. A value that cannot be read is NULL in records, stays in landing and
is reported; only the rules of choices G21 set a row aside.
"""

from __future__ import annotations

from warehouse.contract import Column, Table
from warehouse.database import literal, quoted

EARLIEST = "DATE '1900-01-01'"
DAY = r"\d{4}-\d{2}-\d{2}"
TIME = r"\d{2}:\d{2}(:\d{2}(\.\d+)?)?"
BLANKS = " \t\r\n\u00a0"
YES = ("Y", "YES", "1", "TRUE")
NO = ("N", "NO", "0", "FALSE")


def trimmed(heading: str, alias: str = "") -> str:
    """SQL for a cell of landing without blanks at either end; blank and the word NULL are NULL.

    Nearly every cell has nothing to trim; two comparisons find that out several times faster than trimming.
    """
    raw = f"{alias}{'.' if alias else ''}{quoted(heading)}"
    plain = f"{raw}[1] BETWEEN '!' AND '~' AND {raw}[-1] BETWEEN '!' AND '~' AND {raw} <> 'NULL'"
    return f"CASE WHEN {plain} THEN {raw} ELSE nullif(nullif(trim({raw}, {literal(BLANKS)}), ''), 'NULL') END"


def _day(cell: str, formats: tuple[str, ...]) -> str:
    # A plain ISO day is the common case and is recognised by its length; DuckDB's own cast also accepts '2026/1/5'.
    parts = [
        f"WHEN length({cell}) = 10 AND substr({cell}, 5, 1) = '-' AND substr({cell}, 8, 1) = '-'"
        f" THEN try_cast({cell} AS DATE)",
        f"WHEN length({cell}) > 10 AND regexp_full_match({cell},"
        f" '{DAY}[ T]{TIME}') THEN try_cast(substr({cell}, 1, 10) AS DATE)",
    ]
    if formats:
        tries = ", ".join(f"try_strptime({cell}, {literal(form)})::DATE" for form in formats)
        parts.append(f"WHEN {cell} IS NOT NULL THEN coalesce({tries})")
    return f"CASE {' '.join(parts)} END"


def nhs_number(cell: str) -> str:
    """SQL for ten digits (blanks and hyphens allowed between them) that pass the NHS modulus-11 check; else NULL."""
    digits = f"regexp_replace({cell}, '[ -]', '', 'g')"
    total = " + ".join(f"{11 - place} * try_cast(substr({digits}, {place}, 1) AS INTEGER)" for place in range(1, 10))
    check = f"(11 - (({total}) % 11)) % 11"
    return (
        f"CASE WHEN regexp_full_match({digits}, '\\d{{10}}')"
        f" AND {check} = try_cast(substr({digits}, 10, 1) AS INTEGER) THEN {digits} END"
    )


def value(column: Column, table: Table, alias: str = "received") -> str:
    """SQL for a record's value, from a trimmed cell; NULL if it is blank, unreadable or (for a date) before 1900.

    Args:
        alias: of the relation with the trimmed cells under their headings.
    """
    assert column.heading is not None
    cell = f"{alias}.{quoted(column.heading)}"
    if column.is_nhs_number:
        return nhs_number(cell)
    match column.kind:
        case "date":
            day = _day(cell, table.text_dates)
            return f"CASE WHEN {day} >= {EARLIEST} THEN {day} END"
        case "moment":
            moment = (
                f"CASE WHEN regexp_full_match({cell}, '{DAY}([ T]{TIME})?')"
                f" THEN try_cast(replace({cell}, 'T', ' ') AS TIMESTAMP) END"
            )
            return f"CASE WHEN {moment} >= {EARLIEST} THEN {moment} END"
        case "whole_number":
            return (
                f"CASE WHEN regexp_full_match({cell}, '-?\\d+(\\.0+)?')"
                f" THEN try_cast(split_part({cell}, '.', 1) AS BIGINT) END"
            )
        case "number":
            return f"CASE WHEN regexp_full_match({cell}, '-?\\d+(\\.\\d+)?') THEN try_cast({cell} AS DOUBLE) END"
        case "yes_no":
            yes = ", ".join(literal(word) for word in YES)
            no = ", ".join(literal(word) for word in NO)
            return f"CASE WHEN upper({cell}) IN ({yes}) THEN true WHEN upper({cell}) IN ({no}) THEN false END"
        case _:
            return cell
