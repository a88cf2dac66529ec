"""How reliable each figure is: rows set aside, partner rows waiting, older sources, checks of its columns."""

from __future__ import annotations

from collections.abc import Mapping

import duckdb
import polars as pl

from transforms.profile.measure_indicators import Received
from warehouse import catalogue


def note_standing_of_figures(connection: duckdb.DuckDBPyConnection, received: Mapping[str, Received]) -> None:
    """Note in profile.indicator_results what makes each figure less reliable, once records, checks and figures exist.

    Args:
        received: what arrived for each records table.
    """
    _note_rows_and_sources(connection, received)
    _note_checks(connection)


def _note_rows_and_sources(connection: duckdb.DuckDBPyConnection, received: Mapping[str, Received]) -> None:
    """Rows missing from the figure (set aside or waiting), its older sources, and its tables that did not arrive."""
    connection.register("fed_by", _fed_by(received))
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
                 string_agg(DISTINCT known, '; ' ORDER BY known) AS stale_because
          FROM feeds
          JOIN fed_by USING (table_name)
          LEFT JOIN (SELECT DISTINCT source_table, source FROM quality.arrivals WHERE status IN ('loaded', 'empty'))
            AS arrival ON arrival.source_table = fed_by.file
          LEFT JOIN aside ON aside.source_table = fed_by.file
          LEFT JOIN unmatched ON unmatched.source_table = fed_by.file
          LEFT JOIN quality.sources AS sources ON sources.source = arrival.source
          CROSS JOIN LATERAL (
            SELECT CASE WHEN fed_by.absent_because IS NOT NULL THEN fed_by.file || ' ' || fed_by.absent_because
                        WHEN sources.is_stale
                        THEN sources.source || ' as at ' || sources.as_at || ', ' || sources.days_older || ' days older'
                   END AS known
          ) AS against
          GROUP BY indicator_code
        ) AS noted
        WHERE noted.indicator_code = result.indicator_code
        """
    )
    connection.unregister("fed_by")


def _note_checks(connection: duckdb.DuckDBPyConnection) -> None:
    """Checks of the columns that the figure reads: a broken one affects the figure."""
    connection.execute(
        """
        UPDATE profile.indicator_results AS result
        SET checks_broken = noted.checks_broken, rows_with_issues = noted.rows_with_issues,
            checks_not_run = noted.checks_not_run
        FROM (
          WITH touching AS (
            SELECT DISTINCT reads.indicator_code, touched.check_code, touched.source_table
            FROM profile.indicator_columns AS reads
            JOIN quality.check_columns AS touched USING (table_name, column_name)
          ), outcome AS (
            SELECT indicator_code, count(*) FILTER (made.outcome = 'broken' AND made.severity <> 'critical') AS broken,
                   count(*) FILTER (made.outcome = 'could not be checked') AS not_run
            FROM touching JOIN quality.checks AS made USING (check_code, source_table) GROUP BY indicator_code
          ), issue AS (
            SELECT indicator_code, count(DISTINCT (source_table, extract_id, row_number)) AS row_count
            FROM touching JOIN quality.issues USING (check_code, source_table) GROUP BY indicator_code
          )
          SELECT indicator_code, coalesce(outcome.broken, 0) AS checks_broken,
                 coalesce(issue.row_count, 0) AS rows_with_issues, coalesce(outcome.not_run, 0) AS checks_not_run
          FROM profile.indicators LEFT JOIN outcome USING (indicator_code) LEFT JOIN issue USING (indicator_code)
        ) AS noted
        WHERE noted.indicator_code = result.indicator_code
        """
    )


def _fed_by(received: Mapping[str, Received]) -> object:
    tables = [table for table in catalogue.tables("records") if table.file]
    return pl.DataFrame(
        {
            "table_name": [table.name for table in tables],
            "file": [table.file for table in tables],
            "absent_because": [
                received[table.name].absent_because if table.name in received else None for table in tables
            ],
        },
        schema_overrides={"absent_because": pl.String},
    ).to_arrow()
