"""DfE's published tables, as people download them, to figures beside ours.

Which published column is an indicator's twin is data: `transforms/profile/benchmarks/*.toml`. A mark in place of a
number (c, x, z, a colon) stays "withheld"; it is never 0. What cannot be given says why.

An authority is told by DfE's own three-digit number, not by its nine-character code: the code of a county that became a
unitary council changes between the years of one file, and of others between the files of one release.
"""

from __future__ import annotations

import csv
import datetime
import tomllib
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any, Protocol

import duckdb

from warehouse import catalogue
from warehouse.database import create, literal, quoted

ENGLAND = "E92000001"
NEIGHBOURS_DECLARED = "statistical_neighbours.toml"
NO_COUNCIL = "the population file holds no authority or several, and none is named (DAYTWO_AUTHORITY)"
NOT_READABLE = "cannot be read as comma-separated UTF-8 text"
# The shape of every published table; what a file does not have is NULL.
_AREA_COLUMNS = ("country_name", "region_code", "region_name", "new_la_code", "old_la_code", "la_name")
_NUMBER = "[0-9]{3}"


class Release(Protocol):
    """What is read of a received file."""

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

    A file that cannot be read, or whose columns were renamed, costs its own comparators alone, which say so.

    Args:
        released: files of one release with where they lie: published tables and the list of neighbours.
        authority_code: the council's nine-character code; None: England alone.
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
    by_file: dict[str, list[dict[str, Any]]] = {}
    for twin in twins():
        by_file.setdefault(twin["file"], []).append(twin)
    for file, path in sorted(released, key=lambda found: found[0].file_name):
        for begins, of_file in by_file.items():
            if file.file_name.lower().startswith(begins):
                _read(connection, of_file, file, path, as_at)
    _name_areas(connection, authority_code)
    because, source = _read_neighbours(connection, released, authority_code)
    _compare(connection, authority_code, because, source)
    for table in ("published", "unusable", "areas", "council", "listed", "neighbours", "wanted"):
        connection.execute(f"DROP TABLE IF EXISTS temp.{table}")


def twins() -> list[dict[str, Any]]:
    """Every published twin, one for each group of an indicator that has groups (`breakdown`, else empty)."""
    found: list[dict[str, Any]] = []
    for mapping in sorted(files("transforms.profile.benchmarks").iterdir(), key=lambda entry: entry.name):
        if not mapping.name.endswith(".toml"):
            continue
        for twin in tomllib.loads(mapping.read_text(encoding="utf-8")).get("twin", []):
            groups = twin.get("groups", {"": twin.get("numerator")})
            found += [twin | {"breakdown": name, "numerator": columns} for name, columns in groups.items()]
    return found


def neighbour_forms() -> tuple[dict[str, Any], dict[str, Any]]:
    """The two forms a list of neighbours may have, as declared: the council's own and a compiled one."""
    declared = tomllib.loads((files("transforms.profile.benchmarks") / NEIGHBOURS_DECLARED).read_text(encoding="utf-8"))
    return declared["own"], declared["compiled"]


def _read(
    connection: duckdb.DuckDBPyConnection,
    of_file: Sequence[dict[str, Any]],
    file: Release,
    path: Path,
    as_at: datetime.date,
) -> None:
    """One file into `published`, read once for all its twins."""
    headings = _headings(path)
    usable: list[str] = []
    for twin in of_file:
        parts = [_names(twin.get(part)) for part in ("numerator", "denominator", "value")]
        needed = ("time_period", "geographic_level", *(name for part in parts for name in part))
        absent = [name for name in needed if name not in headings]
        if not headings:
            _not_usable(connection, twin, file, f"{file.file_name} {NOT_READABLE}")
        elif absent:
            # A release whose columns were renamed gives no comparator; it must not give a wrong one.
            _not_usable(connection, twin, file, f"{file.file_name} has no column {', '.join(absent)}")
        else:
            usable.append(_twin_sql(twin, file, *parts))
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


def _twin_sql(
    twin: Mapping[str, Any], file: Release, numerator: Sequence[str], denominator: Sequence[str], value: Sequence[str]
) -> str:
    """What a row of the file says for one twin, as a struct."""
    share = f"100 * ({_sum(numerator)}) / nullif({_sum(denominator)}, 0)"
    marks = ", ".join(
        f"CASE WHEN {_number(name)} IS NULL THEN nullif(trim({quoted(name)}), '') END"
        for name in (*value, *numerator, *denominator)
    )
    return (
        f"{{indicator_code: {literal(twin['indicator'])}, breakdown: {literal(twin['breakdown'])},"
        f" numerator: {_sum(numerator)}, denominator: {_sum(denominator)},"
        f" value: {_sum(value) if value else share}, mark: coalesce({marks}, NULL),"
        f" published_column: {literal(_published_column(twin, file))}}}"
    )


def _published_column(twin: Mapping[str, Any], file: Release) -> str:
    return f"{file.file_name}: {' + '.join(_names(twin.get('value')) or _names(twin.get('numerator')))}"


def _not_usable(connection: duckdb.DuckDBPyConnection, twin: Mapping[str, Any], file: Release, because: str) -> None:
    connection.execute(
        "INSERT INTO unusable VALUES (?, ?, ?, ?, ?, ?)",
        [
            twin["indicator"],
            twin["breakdown"],
            because,
            _published_column(twin, file),
            file.release,
            file.sha256,
        ],
    )


def _name_areas(connection: duckdb.DuckDBPyConnection, authority_code: str | None) -> None:
    """`areas`: the number of each code; `council`: the council's number (its code where none is known) and region."""
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
        SELECT known.area, (
          SELECT max_by(region_code, reporting_year) FROM published
          WHERE level = 'Local authority'
            AND (new_la_code = $code OR new_la_code IN (SELECT code FROM areas WHERE area = known.area))
        ) AS region
        FROM (SELECT coalesce((SELECT area FROM areas WHERE code = $code), $code::VARCHAR) AS area) AS known
        """,
        {"code": authority_code},
    )


def _read_neighbours(
    connection: duckdb.DuckDBPyConnection, released: Sequence[tuple[Release, Path]], authority_code: str | None
) -> tuple[str | None, str | None]:
    """The council's neighbours into `neighbours`; why there are none, else None, and whose list it is."""
    connection.execute("CREATE OR REPLACE TEMP TABLE neighbours (code VARCHAR, area VARCHAR, rank BIGINT)")
    if authority_code is None:
        return NO_COUNCIL, None
    own, compiled = neighbour_forms()
    lists = sorted(
        (
            (file.file_name.lower().startswith(own["file"]), file.file_name, path)
            for file, path in released
            if file.file_name.lower().startswith((own["file"], compiled["file"]))
        ),
        key=lambda found: found[:2],
    )
    if not lists:
        return "no statistical_neighbours.csv was dropped with the release", None
    _, name, path = lists[-1]
    headings = _headings(path)
    if set(own["columns"]) <= set(headings):
        listed = (
            f"SELECT row_number() OVER () + 1 AS row, {', '.join(f'trim({one}) AS {one}' for one in own['columns'])}"
            f" FROM {_read_csv(path, headings)}"
        )
    elif set(compiled["columns"]) <= set(headings):
        listed = (
            f"SELECT row, la_code, trim(parts[place]) AS neighbour_code, place::VARCHAR AS rank,"
            f" {literal(name)} AS source FROM (SELECT row_number() OVER () + 1 AS row, trim(la_code) AS la_code,"
            f" string_split(stat_neighbours, ',') AS parts FROM {_read_csv(path, headings)}),"
            f" unnest(range(1, len(parts) + 1)) AS numbered(place)"
        )
    elif headings:
        return f"{name} has no column {', '.join(one for one in own['columns'] if one not in headings)}", None
    else:
        return f"{name} {NOT_READABLE}", None
    try:
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
    except duckdb.Error:
        return f"{name} {NOT_READABLE}", None
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
    ).fetchall()
    if fault:
        return f"{name} row {fault[0][0]}: {fault[0][1]}", None
    connection.execute("INSERT INTO neighbours SELECT neighbour_code, area, rank::BIGINT FROM listed")
    [(source, found)] = connection.execute(
        "SELECT string_agg(DISTINCT source, '; ' ORDER BY source), count(*) FROM listed"
    ).fetchall()
    return (None, source) if found else (f"{name} names no neighbour of {authority_code}", None)


def _compare(
    connection: duckdb.DuckDBPyConnection, authority_code: str | None, because: str | None, source: str | None
) -> None:
    """`published` to profile.comparators: four comparators for every twin and year, or why one cannot be given."""
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE wanted AS
        SELECT named.*,
               count(*) OVER (PARTITION BY indicator_code, breakdown, reporting_year, level, area, file_name) AS times
        FROM (
          SELECT published.*,
                 CASE level WHEN 'National' THEN '{ENGLAND}' WHEN 'Regional' THEN region_code
                   ELSE coalesce(areas.area, new_la_code, old_la_code) END AS area
          FROM published LEFT JOIN areas ON areas.code = published.new_la_code
        ) AS named
        WHERE level = 'National' OR area IN (
          SELECT area FROM council UNION ALL SELECT region FROM council UNION ALL SELECT area FROM neighbours
        )
        -- Where a release has two files for one table, the later name is the newer.
        QUALIFY row_number() OVER (PARTITION BY indicator_code, breakdown, reporting_year, level, area
                                   ORDER BY file_name DESC) = 1
        """
    )
    council = literal(authority_code or "")
    no_council = literal(NO_COUNCIL) if authority_code is None else "NULL"
    connection.execute(
        f"""
        INSERT INTO profile.comparators
        WITH twin_years AS (
          SELECT indicator_code, breakdown, reporting_year, max(release) AS release,
                 max_by(published_column, file_name) AS published_column, max_by(extract_id, file_name) AS extract_id
          FROM published GROUP BY ALL
        ),
        asked (place, comparator, called, level, area, no_such_row) AS (
          SELECT 1, 'england', 'England', 'National', '{ENGLAND}', 'the file has no row of England for the year'
          UNION ALL
          SELECT 2, 'region', 'Region', 'Regional', region, coalesce({no_council}, CASE WHEN region IS NULL
                   THEN 'the release does not say which region ' || {council} || ' lies in'
                   ELSE 'the file has no row of the region for the year' END) FROM council
          UNION ALL
          SELECT 4, 'council', 'Council', 'Local authority', area,
                 coalesce({no_council}, 'the file has no row of ' || {council} || ' for the year') FROM council
        ),
        of_one_area AS (
          SELECT twin.*, asked.place, asked.comparator, one.area,
                 coalesce(CASE asked.level WHEN 'National' THEN one.country_name WHEN 'Regional' THEN one.region_name
                   ELSE one.la_name END, asked.called) AS area_name,
                 CASE asked.level WHEN 'Local authority' THEN one.new_la_code ELSE one.area END AS area_code,
                 one.numerator, one.denominator, one.value, one.mark,
                 CASE WHEN one.area IS NULL THEN asked.no_such_row
                   WHEN one.times > 1 THEN 'the file has several rows of the area for the year'
                   WHEN one.value IS NULL AND one.mark IS NULL AND one.denominator = 0 THEN 'no cases in the year'
                 END AS because
          FROM twin_years AS twin CROSS JOIN asked
          LEFT JOIN wanted AS one
            ON one.indicator_code = twin.indicator_code AND one.breakdown = twin.breakdown
           AND one.reporting_year = twin.reporting_year AND one.level = asked.level AND one.area = asked.area
        ),
        each_neighbour AS (
          SELECT twin.*, neighbour.rank, coalesce(one.la_name, neighbour.code) AS area_name, one.mark,
                 CASE WHEN one.times = 1 THEN one.value END AS value,
                 coalesce(one.times = 1 AND one.value IS NULL
                   AND (one.mark IS NOT NULL OR one.denominator IS DISTINCT FROM 0), false) AS is_withheld
          FROM twin_years AS twin CROSS JOIN neighbours AS neighbour
          LEFT JOIN wanted AS one
            ON one.indicator_code = twin.indicator_code AND one.breakdown = twin.breakdown
           AND one.reporting_year = twin.reporting_year AND one.level = 'Local authority' AND one.area = neighbour.area
        ),
        of_neighbours AS (
          SELECT indicator_code, breakdown, reporting_year,
                 -- Summed as decimals, so that the order the rows come in cannot change the last digit.
                 round(sum(value::DECIMAL(28, 9))::DOUBLE / count(value), 9) AS value,
                 count(value) AS areas, count(*) FILTER (is_withheld) AS areas_withheld,
                 count(*) FILTER (value IS NULL AND NOT is_withheld) AS areas_absent,
                 string_agg(DISTINCT mark, ' ' ORDER BY mark) FILTER (is_withheld) AS mark,
                 string_agg(area_name || CASE
                     WHEN value IS NOT NULL THEN ' ' || round(value::DECIMAL(18, 6), 1)::DECIMAL(18, 1)
                     WHEN is_withheld THEN ' withheld' || coalesce(' (' || mark || ')', '')
                     ELSE ' not published' END, '; ' ORDER BY rank) AS made_of
          FROM each_neighbour GROUP BY ALL
        ),
        given AS (
          SELECT indicator_code, breakdown, place, comparator, area_code,
                 area_name, reporting_year, numerator, denominator, value, mark, because,
                 (because IS NULL AND value IS NOT NULL)::BIGINT AS areas,
                 (because IS NULL AND value IS NULL)::BIGINT AS areas_withheld,
                 0 AS areas_absent, NULL AS made_of, NULL AS neighbours_source, release, published_column, extract_id
          FROM of_one_area
          UNION ALL
          SELECT twin.indicator_code, twin.breakdown, 3, 'statistical_neighbours', NULL,
                 'Statistical neighbours', twin.reporting_year, NULL, NULL, mean.value, mean.mark,
                 coalesce($because, CASE WHEN mean.areas + mean.areas_withheld = 0
                   THEN 'the file has no figure of any neighbour for the year' END),
                 coalesce(mean.areas, 0), coalesce(mean.areas_withheld, 0), coalesce(mean.areas_absent, 0),
                 mean.made_of, $source, twin.release, twin.published_column, twin.extract_id
          FROM twin_years AS twin LEFT JOIN of_neighbours AS mean USING (indicator_code, breakdown, reporting_year)
          UNION ALL
          -- A file that is there and could not be used says so, where no other gave the figure.
          SELECT indicator_code, breakdown, named.place, named.comparator, NULL, named.called, NULL, NULL, NULL, NULL,
                 NULL, min(because), 0, 0, 0, NULL, NULL, max(release), max(published_column), max(extract_id)
          FROM unusable
          CROSS JOIN (VALUES (1, 'england', 'England'), (2, 'region', 'Region'),
            (3, 'statistical_neighbours', 'Statistical neighbours'), (4, 'council', 'Council'))
            AS named (place, comparator, called)
          WHERE indicator_code NOT IN (SELECT indicator_code FROM published)
          GROUP BY ALL
        ),
        dated AS (
          SELECT given.*, reporting_year - max(reporting_year) OVER (PARTITION BY indicator_code) AS ago FROM given
        )
        SELECT indicator_code, nullif(breakdown, ''), comparator, area_code, area_name, reporting_year,
               coalesce(ago, 0) = 0, coalesce(ago = -1, false),
               CASE WHEN because IS NULL THEN numerator END, CASE WHEN because IS NULL THEN denominator END,
               CASE WHEN because IS NULL THEN value END,
               CASE WHEN because IS NOT NULL THEN 'not given' WHEN value IS NULL THEN 'withheld' ELSE 'published' END,
               CASE WHEN because IS NULL AND value IS NULL THEN mark END, because,
               areas, areas_withheld, areas_absent, made_of, neighbours_source, release, published_column, extract_id
        FROM dated
        ORDER BY indicator_code, breakdown, place, reporting_year
        """,
        {"because": because, "source": source},
    )


def _headings(path: Path) -> list[str]:
    """The first line's headings; none where the file cannot be read as comma-separated UTF-8 text."""
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


def _names(part: object) -> tuple[str, ...]:
    if part is None:
        return ()
    return (part,) if isinstance(part, str) else tuple(part)  # type: ignore[arg-type]


def _number(column: str) -> str:
    """A published number. By way of a decimal, so that "nan" and "inf" are marks too."""
    return f"try_cast(trim({quoted(column)}) AS DECIMAL(18, 6))::DOUBLE"


def _sum(columns: Sequence[str]) -> str:
    """The sum of published columns; NULL as soon as one is withheld."""
    return " + ".join(_number(column) for column in columns) or "NULL::DOUBLE"
