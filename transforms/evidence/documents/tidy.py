"""Figures for machines: tidy CSV files in a Frictionless data package, described by the warehouse's own comments."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb
import polars as pl

from transforms.evidence.documents.figures import result

FRICTIONLESS_TYPE = {
    "DATE": "date",
    "TIMESTAMP": "datetime",
    "BOOLEAN": "boolean",
    "BIGINT": "integer",
    "INTEGER": "integer",
    "DOUBLE": "number",
}
HELD_BACK = "held_back_because"
HELD_BACK_MEANS = "Why a number is not given: small numbers. Empty if every number is given."

RESULTS = """
SELECT result.*, indicator.unit, indicator.small_numbers
FROM profile.indicator_results AS result
JOIN profile.indicators AS indicator USING (indicator_code)
WHERE list_contains($codes, indicator_code)
ORDER BY indicator_code, period_kind, ends_on
"""
INDICATORS = """
SELECT * EXCLUDE (query, late_query) FROM profile.indicators WHERE list_contains($codes, indicator_code)
ORDER BY indicator_code
"""
# If one group of a period is small, no group of that period is given: the others would give it away.
BREAKDOWNS = """
WITH judged AS (
  SELECT grouped.*,
         indicator.small_numbers = 'S4' AND bool_or(grouped.numerator BETWEEN 1 AND 4) OVER (
           PARTITION BY indicator_code, period_kind, ends_on
         ) AS is_small,
         indicator.unit = 'percent' AND grouped.denominator < 6 AS has_few
  FROM profile.indicator_breakdowns AS grouped JOIN profile.indicators AS indicator USING (indicator_code)
  WHERE list_contains($codes, indicator_code)
)
SELECT * EXCLUDE (is_small, has_few)
  REPLACE (
    CASE WHEN NOT is_small THEN numerator END AS numerator,
    CASE WHEN NOT is_small THEN denominator END AS denominator,
    CASE WHEN NOT is_small AND NOT has_few THEN value END AS value,
    CASE WHEN is_small THEN 'small numbers (S4)' WHEN has_few THEN 'fewer than 6 in the denominator' END
      AS hidden_because
  )
FROM judged ORDER BY indicator_code, period_kind, ends_on, breakdown
"""
COMPARATORS = """
SELECT * FROM profile.comparators WHERE list_contains($codes, indicator_code)
ORDER BY indicator_code, breakdown, comparator, area_code, reporting_year, release
"""


def write_tidy(
    connection: duckdb.DuckDBPyConnection, codes: Sequence[str], folder: Path, *, name: str, title: str
) -> tuple[str, ...]:
    """Write results, definitions and published comparators of these indicators as CSV, with datapackage.json.

    Args:
        codes: indicators of the framework; small numbers are held back as on the pages.
        folder: where the files go.
        name: of the data package, lower case.
        title: of the data package.

    Returns:
        The names of the files written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    given = {"codes": list(codes)}
    tables = {
        "indicator_results": _held_back(connection.sql(RESULTS, params=given).pl()),
        "indicator_breakdowns": connection.sql(BREAKDOWNS, params=given).pl(),
        "indicators": connection.sql(INDICATORS, params=given).pl(),
        "comparators": connection.sql(COMPARATORS, params=given).pl(),
    }
    resources = []
    for table, frame in tables.items():
        content = frame.write_csv(line_terminator="\n").encode()
        (folder / f"{table}.csv").write_bytes(content)
        resources.append(
            {
                "name": table,
                "path": f"{table}.csv",
                "profile": "tabular-data-resource",
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "bytes": len(content),
                "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
                "schema": {"fields": _fields(connection, table, frame), "missingValues": [""]},
            }
        )
    package = {"profile": "tabular-data-package", "name": name, "title": title, "resources": resources}
    (folder / "datapackage.json").write_text(
        json.dumps(package, indent=2, ensure_ascii=False) + "\n", "utf-8", newline="\n"
    )
    return (*(f"{table}.csv" for table in tables), "datapackage.json")


def _held_back(results: pl.DataFrame) -> pl.DataFrame:
    """The results without small numbers, by the same rule as the pages, and why each number is held back."""
    numbers = [
        result(
            unit=row["unit"] or "",
            small_numbers=row["small_numbers"] or "",
            period=(row["period_kind"], row["starts_on"], row["ends_on"]),
            numbers=(row["numerator"], row["denominator"], row["value"]),
        )
        for row in results.iter_rows(named=True)
    ]
    return results.with_columns(
        *(
            pl.Series(name, [one.numbers[at] for one in numbers], dtype=pl.Float64)
            for at, name in enumerate(("numerator", "denominator", "value"))
        ),
        pl.Series(HELD_BACK, [one.held_back or None for one in numbers], dtype=pl.String),
        pl.when(~((pl.col("small_numbers") == "S4") & pl.col("open_and_late").is_between(1, 4)))
        .then("open_and_late")
        .alias("open_and_late"),
    ).select(
        pl.when(pl.col(HELD_BACK).is_null()).then(name).alias(name)
        if name in ("numerator_beside", "value_beside", "longest")
        else pl.col(name)
        for name in (*(name for name in results.columns if name not in ("unit", "small_numbers")), HELD_BACK)
    )


def _fields(connection: duckdb.DuckDBPyConnection, table: str, frame: pl.DataFrame) -> list[Mapping[str, str]]:
    described = {
        name: (kind, comment or "")
        for name, kind, comment in connection.execute(
            "SELECT column_name, data_type, comment FROM duckdb_columns() WHERE database_name = current_database()"
            " AND schema_name = 'profile' AND table_name = ?",
            [table],
        ).fetchall()
    }
    described[HELD_BACK] = ("VARCHAR", HELD_BACK_MEANS)
    return [
        {"name": name, "type": FRICTIONLESS_TYPE.get(described[name][0], "string")}
        | ({"description": described[name][1]} if described[name][1] else {})
        for name in frame.columns
    ]
