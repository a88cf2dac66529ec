"""Reads DfE's published tables, as downloaded, for comparison with our own figures.

`transforms/profile/benchmarks/*.toml` declares which published column is an indicator's twin. A mark in place of a
number (c, x, z, a colon) stays "withheld"; it is never 0. A comparator that cannot be given says why.

An authority is identified by DfE's own three-digit number, not by its nine-character code: the code of a county that
became a unitary council changes between the years of one file, and other codes change between the files of one release.
"""

from __future__ import annotations

import csv
import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import duckdb

from transforms.profile.compare_with_published import compare_with_published
from transforms.profile.published_twins import NeighbourForm, PublishedTwin, neighbour_forms, twins
from warehouse import catalogue
from warehouse.database import create, literal, quoted

NO_COUNCIL = "the population file has no authority or several, and none is chosen (DAYTWO_AUTHORITY)"
NOT_READABLE = "cannot be read as comma-separated UTF-8 text"
# The area columns of every published table; a column that a file does not have is NULL.
_AREA_COLUMNS = ("country_name", "region_code", "region_name", "new_la_code", "old_la_code", "la_name")
_NUMBER = "[0-9]{3}"


class Release(Protocol):
    """What is read from a received file."""

    @property
    def release(self) -> str: ...
    @property
    def file_name(self) -> str: ...
    @property
    def sha256(self) -> str: ...


def read_benchmarks(
    connection: duckdb.DuckDBPyConnection,
    released: Sequence[tuple[Release, Path]],
    *,
    authority_code: str | None,
    as_at: datetime.date,
) -> None:
    """Fill profile.comparators: England, the council's region, its statistical neighbours and itself, every year.

    If a file cannot be read or its columns were renamed, only its own comparators are missing, and they say why.

    Args:
        released: files of one release with their paths: published tables and the list of neighbours.
        authority_code: the council's nine-character code; None: only England is compared.
        as_at: years that end later are left out.
    """
    create(connection, catalogue.by_name()["profile.comparators"])
    connection.execute(
        """
        CREATE OR REPLACE TEMP TABLE published (
          indicator_code VARCHAR, breakdown VARCHAR, reporting_year BIGINT, level VARCHAR, country_name VARCHAR,
          region_code VARCHAR, region_name VARCHAR, new_la_code VARCHAR, old_la_code VARCHAR, la_name VARCHAR,
          numerator DOUBLE, denominator DOUBLE, value DOUBLE, mark VARCHAR, published_column VARCHAR,
          release VARCHAR, file_name VARCHAR, extract_id VARCHAR
        );
        CREATE OR REPLACE TEMP TABLE unusable (indicator_code VARCHAR, breakdown VARCHAR, because VARCHAR,
          published_column VARCHAR, release VARCHAR, extract_id VARCHAR)
        """
    )
    by_file: dict[str, list[PublishedTwin]] = {}
    for twin in twins():
        by_file.setdefault(twin.file, []).append(twin)
    for file, path in sorted(released, key=lambda found: found[0].file_name):
        for begins, of_file in by_file.items():
            if file.file_name.lower().startswith(begins):
                _read(connection, of_file, file, path, as_at)
    _name_areas(connection, authority_code)
    neighbours = _read_neighbours(connection, released, authority_code)
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE neighbour_list AS"
        " SELECT $because::VARCHAR AS because, $source::VARCHAR AS source",
        {"because": neighbours.because, "source": neighbours.source},
    )
    compare_with_published(connection)
    for table in ("published", "unusable", "areas", "council", "listed", "neighbours", "neighbour_list"):
        connection.execute(f"DROP TABLE IF EXISTS temp.{table}")


def _read(
    connection: duckdb.DuckDBPyConnection,
    of_file: Sequence[PublishedTwin],
    file: Release,
    path: Path,
    as_at: datetime.date,
) -> None:
    """Read one file into `published`, once for all its twins."""
    headings = _headings(path)
    usable: list[str] = []
    for twin in of_file:
        absent = [name for name in ("time_period", "geographic_level", *twin.columns) if name not in headings]
        if not headings:
            _not_usable(connection, twin, file, f"{file.file_name} {NOT_READABLE}")
        elif absent:
            # If columns were renamed, no comparator is better than a wrong one.
            _not_usable(connection, twin, file, f"{file.file_name} has no column {', '.join(absent)}")
        else:
            usable.append(_twin_sql(twin, file))
    if not usable:
        return
    area = ", ".join(
        f"nullif(trim({quoted(name)}), '') AS {name}" if name in headings else f"NULL::VARCHAR AS {name}"
        for name in _AREA_COLUMNS
    )
    try:
        connection.execute(
            f"""
            INSERT INTO published
            SELECT twin.indicator_code, twin.breakdown, reporting_year, geographic_level, {", ".join(_AREA_COLUMNS)},
                   twin.numerator, twin.denominator, twin.value, twin.mark, twin.published_column,
                   {literal(file.release)}, {literal(file.file_name)}, {literal(file.sha256)}
            FROM (
              SELECT try_cast(time_period AS BIGINT) AS reporting_year, geographic_level, {area},
                     unnest([{", ".join(usable)}]) AS twin
              FROM {_read_csv(path, headings)}
              WHERE regexp_full_match(trim(time_period), '[0-9]{{4}}')
                AND geographic_level IN ('National', 'Regional', 'Local authority')
            )
            WHERE make_date(reporting_year::INT, 3, 31) <= DATE '{as_at}'
            """
        )
    except duckdb.Error:
        for twin in of_file:
            _not_usable(connection, twin, file, f"{file.file_name} {NOT_READABLE}")


def _twin_sql(twin: PublishedTwin, file: Release) -> str:
    """One twin's values from a row of the file, as a struct."""
    numerator, denominator = _sum(twin.numerator), _sum(twin.denominator)
    value = _sum(twin.value) if twin.value else f"100 * ({numerator}) / nullif({denominator}, 0)"
    marks = ", ".join(
        f"CASE WHEN {_number(name)} IS NULL THEN nullif(trim({quoted(name)}), '') END"
        for name in (*twin.value, *twin.numerator, *twin.denominator)
    )
    return (
        f"{{indicator_code: {literal(twin.indicator)}, breakdown: {literal(twin.breakdown)},"
        f" numerator: {numerator}, denominator: {denominator}, value: {value}, mark: coalesce({marks}, NULL),"
        f" published_column: {literal(_published_column(twin, file))}}}"
    )


def _published_column(twin: PublishedTwin, file: Release) -> str:
    return f"{file.file_name}: {twin.published_column}"


def _not_usable(connection: duckdb.DuckDBPyConnection, twin: PublishedTwin, file: Release, because: str) -> None:
    connection.execute(
        "INSERT INTO unusable VALUES (?, ?, ?, ?, ?, ?)",
        [
            twin.indicator,
            twin.breakdown,
            because,
            _published_column(twin, file),
            file.release,
            file.sha256,
        ],
    )


def _name_areas(connection: duckdb.DuckDBPyConnection, authority_code: str | None) -> None:
    """Create `areas`, the number of each code, and `council`: its number (its code if no number is known) and region.

    If no council is chosen, `council` says why it is not known.
    """
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE areas AS
        SELECT new_la_code AS code, min(old_la_code) AS area FROM published
        WHERE level = 'Local authority' AND regexp_full_match(old_la_code, '{_NUMBER}') AND new_la_code IS NOT NULL
        GROUP BY new_la_code
        """
    )
    connection.execute(
        """
        CREATE OR REPLACE TEMP TABLE council AS
        SELECT $code::VARCHAR AS code, CASE WHEN $code IS NULL THEN $no_council END AS unknown_because, known.area, (
          SELECT max_by(region_code, reporting_year) FROM published
          WHERE level = 'Local authority'
            AND (new_la_code = $code OR new_la_code IN (SELECT code FROM areas WHERE area = known.area))
        ) AS region
        FROM (SELECT coalesce((SELECT area FROM areas WHERE code = $code), $code::VARCHAR) AS area) AS known
        """,
        {"code": authority_code, "no_council": NO_COUNCIL},
    )


@dataclass(frozen=True, slots=True)
class _Neighbours:
    """Why the council's statistical neighbours are not known (None: they are known), and the source of the list."""

    because: str | None = None
    source: str | None = None


def _read_neighbours(
    connection: duckdb.DuckDBPyConnection, released: Sequence[tuple[Release, Path]], authority_code: str | None
) -> _Neighbours:
    """Read the council's neighbours into `neighbours`, which stays empty if they are not known."""
    connection.execute("CREATE OR REPLACE TEMP TABLE neighbours (code VARCHAR, area VARCHAR, rank BIGINT)")
    if authority_code is None:
        return _Neighbours(NO_COUNCIL)
    forms = neighbour_forms()
    if (found := _list_of_neighbours(released, forms.own, forms.compiled)) is None:
        return _Neighbours("the release was dropped without a statistical_neighbours.csv")
    name, path = found
    headings = _headings(path)
    if set(forms.own.columns) <= set(headings):
        listed = _rows_of_own_form(path, headings, forms.own)
    elif set(forms.compiled.columns) <= set(headings):
        listed = _rows_of_compiled_form(path, headings, name)
    elif headings:
        absent = ", ".join(one for one in forms.own.columns if one not in headings)
        return _Neighbours(f"{name} has no column {absent}")
    else:
        return _Neighbours(f"{name} {NOT_READABLE}")
    try:
        _list_own_neighbours(connection, listed)
    except duckdb.Error:
        return _Neighbours(f"{name} {NOT_READABLE}")
    if fault := _first_fault_of_list(connection):
        return _Neighbours(f"{name} {fault}")
    connection.execute("INSERT INTO neighbours SELECT neighbour_code, area, rank::BIGINT FROM listed")
    [(source, count)] = connection.execute(
        "SELECT string_agg(DISTINCT source, '; ' ORDER BY source), count(*) FROM listed"
    ).fetchall()
    return _Neighbours(source=source) if count else _Neighbours(f"{name} names no neighbour of {authority_code}")


def _list_of_neighbours(
    released: Sequence[tuple[Release, Path]], own: NeighbourForm, compiled: NeighbourForm
) -> tuple[str, Path] | None:
    """Name and path of the list to use: the council's own before a compiled one, then the last by name, or None."""
    lists = [
        (file.file_name.lower().startswith(own.file), file.file_name, path)
        for file, path in released
        if file.file_name.lower().startswith((own.file, compiled.file))
    ]
    return max(lists, key=lambda found: found[:2])[1:] if lists else None


def _rows_of_own_form(path: Path, headings: Sequence[str], own: NeighbourForm) -> str:
    columns = ", ".join(f"trim({one}) AS {one}" for one in own.columns)
    return f"SELECT row_number() OVER () + 1 AS row, {columns} FROM {_read_csv(path, headings)}"


def _rows_of_compiled_form(path: Path, headings: Sequence[str], name: str) -> str:
    """One row per neighbour from the compiled list, which names all of a council's neighbours in one cell."""
    return (
        f"SELECT row, la_code, trim(parts[place]) AS neighbour_code, place::VARCHAR AS rank,"
        f" {literal(name)} AS source FROM (SELECT row_number() OVER () + 1 AS row, trim(la_code) AS la_code,"
        f" string_split(stat_neighbours, ',') AS parts FROM {_read_csv(path, headings)}),"
        f" unnest(range(1, len(parts) + 1)) AS numbered(place)"
    )


def _list_own_neighbours(connection: duckdb.DuckDBPyConnection, listed: str) -> None:
    """Create `listed`: the rows of the list that name a neighbour of the council."""
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE listed AS
        SELECT listed.row, neighbour_code, coalesce(areas.area, neighbour_code) AS area, rank,
               nullif(source, '') AS source
        FROM ({listed}) AS listed
        LEFT JOIN areas ON areas.code = neighbour_code
        LEFT JOIN areas AS its_own ON its_own.code = la_code
        CROSS JOIN council
        WHERE coalesce(its_own.area, la_code) = council.area
        """
    )


def _first_fault_of_list(connection: duckdb.DuckDBPyConnection) -> str | None:
    """The first row of `listed` that cannot be used, and why."""
    fault = connection.execute(
        f"""
        SELECT row, CASE
          WHEN regexp_full_match(neighbour_code, '{_NUMBER}|[A-Z][0-9]{{8}}') IS NOT TRUE
            THEN 'the neighbour''s code is neither nine characters nor three digits'
          WHEN try_cast(rank AS UTINYINT) IS NULL OR try_cast(rank AS UTINYINT) < 1
            THEN 'the rank is not a whole number from 1'
          WHEN source IS NULL THEN 'the source is blank'
          WHEN area = (SELECT area FROM council) THEN 'the council is named as its own neighbour'
          WHEN count(*) OVER (PARTITION BY area) > 1 THEN 'the neighbour is named twice'
          WHEN count(*) OVER (PARTITION BY try_cast(rank AS UTINYINT)) > 1 THEN 'the rank is given twice'
        END AS fault
        FROM listed QUALIFY fault IS NOT NULL ORDER BY row LIMIT 1
        """
    ).fetchone()
    return f"row {fault[0]}: {fault[1]}" if fault else None


def _headings(path: Path) -> list[str]:
    """The headings on the first line; empty if the file cannot be read as comma-separated UTF-8 text."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as opened:
            return next(csv.reader(opened), [])
    except (UnicodeDecodeError, csv.Error):
        return []


def _read_csv(path: Path, headings: Sequence[str]) -> str:
    columns = ", ".join(f"{literal(heading)}: 'VARCHAR'" for heading in headings)
    return (
        f"read_csv({literal(str(path))}, auto_detect=false, header=true, delim=',', quote='\"', escape='\"',"
        f" columns={{{columns}}})"
    )


def _number(column: str) -> str:
    """A published number, cast through a decimal so that "nan" and "inf" are treated as marks."""
    return f"try_cast(trim({quoted(column)}) AS DECIMAL(18, 6))::DOUBLE"


def _sum(columns: Sequence[str]) -> str:
    """The sum of published columns; NULL if any of them is withheld."""
    return " + ".join(_number(column) for column in columns) or "NULL::DOUBLE"
