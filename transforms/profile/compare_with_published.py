"""Published figures to profile.comparators: England, the region, the statistical neighbours and the council itself.

Each step is a temporary table, so that it can be inspected on its own. The steps read the tables that `read_benchmarks`
creates: `published`, `unusable`, `areas`, `council`, `neighbours` and `neighbour_list`.
"""

from __future__ import annotations

from collections.abc import Mapping

import duckdb

ENGLAND = "E92000001"

_WANTED = f"""
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
-- If a release has two files for one table, the later name is the newer.
QUALIFY row_number() OVER (PARTITION BY indicator_code, breakdown, reporting_year, level, area
                           ORDER BY file_name DESC) = 1
"""

_TWIN_YEARS = """
SELECT indicator_code, breakdown, reporting_year, max(release) AS release,
       max_by(published_column, file_name) AS published_column, max_by(extract_id, file_name) AS extract_id
FROM published GROUP BY ALL
"""

_ASKED = f"""
SELECT 1 AS place, 'england' AS comparator, 'England' AS called, 'National' AS level, '{ENGLAND}' AS area,
       'the file has no row for England for the year' AS no_such_row
UNION ALL
SELECT 2, 'region', 'Region', 'Regional', region, coalesce(unknown_because, CASE WHEN region IS NULL
         THEN 'the release does not say which region ' || code || ' is in'
         ELSE 'the file has no row for the region for the year' END) FROM council
UNION ALL
SELECT 4, 'council', 'Council', 'Local authority', area,
       coalesce(unknown_because, 'the file has no row for ' || code || ' for the year') FROM council
"""

_OF_ONE_AREA = """
SELECT twin.*, asked.place, asked.comparator, one.area,
       coalesce(CASE asked.level WHEN 'National' THEN one.country_name WHEN 'Regional' THEN one.region_name
         ELSE one.la_name END, asked.called) AS area_name,
       CASE asked.level WHEN 'Local authority' THEN one.new_la_code ELSE one.area END AS area_code,
       one.numerator, one.denominator, one.value, one.mark,
       CASE WHEN one.area IS NULL THEN asked.no_such_row
         WHEN one.times > 1 THEN 'the file has several rows for the area for the year'
         WHEN one.value IS NULL AND one.mark IS NULL AND one.denominator = 0 THEN 'no cases in the year'
       END AS because
FROM twin_years AS twin CROSS JOIN asked
LEFT JOIN wanted AS one
  ON one.indicator_code = twin.indicator_code AND one.breakdown = twin.breakdown
 AND one.reporting_year = twin.reporting_year AND one.level = asked.level AND one.area = asked.area
"""

_EACH_NEIGHBOUR = """
SELECT twin.*, neighbour.rank, coalesce(one.la_name, neighbour.code) AS area_name, one.mark,
       CASE WHEN one.times = 1 THEN one.value END AS value,
       coalesce(one.times = 1 AND one.value IS NULL
         AND (one.mark IS NOT NULL OR one.denominator IS DISTINCT FROM 0), false) AS is_withheld
FROM twin_years AS twin CROSS JOIN neighbours AS neighbour
LEFT JOIN wanted AS one
  ON one.indicator_code = twin.indicator_code AND one.breakdown = twin.breakdown
 AND one.reporting_year = twin.reporting_year AND one.level = 'Local authority' AND one.area = neighbour.area
"""

_OF_NEIGHBOURS = """
SELECT indicator_code, breakdown, reporting_year,
       -- Summed as decimals, so that the order of the rows cannot change the last digit.
       round(sum(value::DECIMAL(28, 9))::DOUBLE / count(value), 9) AS value,
       count(value) AS areas, count(*) FILTER (is_withheld) AS areas_withheld,
       count(*) FILTER (value IS NULL AND NOT is_withheld) AS areas_absent,
       string_agg(DISTINCT mark, ' ' ORDER BY mark) FILTER (is_withheld) AS mark,
       string_agg(area_name || CASE
           WHEN value IS NOT NULL THEN ' ' || round(value::DECIMAL(18, 6), 1)::DECIMAL(18, 1)
           WHEN is_withheld THEN ' withheld' || coalesce(' (' || mark || ')', '')
           ELSE ' not published' END, '; ' ORDER BY rank) AS made_of
FROM each_neighbour GROUP BY ALL
"""

_GIVEN = """
SELECT indicator_code, breakdown, place, comparator, area_code,
       area_name, reporting_year, numerator, denominator, value, mark, because,
       (because IS NULL AND value IS NOT NULL)::BIGINT AS areas,
       (because IS NULL AND value IS NULL)::BIGINT AS areas_withheld,
       0 AS areas_absent, NULL::VARCHAR AS made_of, NULL::VARCHAR AS neighbours_source,
       release, published_column, extract_id
FROM of_one_area
UNION ALL
SELECT twin.indicator_code, twin.breakdown, 3, 'statistical_neighbours', NULL,
       'Statistical neighbours', twin.reporting_year, NULL, NULL, mean.value, mean.mark,
       coalesce(listed.because, CASE WHEN mean.areas + mean.areas_withheld = 0
         THEN 'the file has no figure for any neighbour for the year' END),
       coalesce(mean.areas, 0), coalesce(mean.areas_withheld, 0), coalesce(mean.areas_absent, 0),
       mean.made_of, listed.source, twin.release, twin.published_column, twin.extract_id
FROM twin_years AS twin CROSS JOIN neighbour_list AS listed
LEFT JOIN of_neighbours AS mean USING (indicator_code, breakdown, reporting_year)
UNION ALL
-- A file that could not be used gives its reason, if no other file gave the figure.
SELECT indicator_code, breakdown, named.place, named.comparator, NULL, named.called, NULL, NULL, NULL, NULL,
       NULL, min(because), 0, 0, 0, NULL, NULL, max(release), max(published_column), max(extract_id)
FROM unusable
CROSS JOIN (VALUES (1, 'england', 'England'), (2, 'region', 'Region'),
  (3, 'statistical_neighbours', 'Statistical neighbours'), (4, 'council', 'Council'))
  AS named (place, comparator, called)
WHERE indicator_code NOT IN (SELECT indicator_code FROM published)
GROUP BY ALL
"""

_STEPS: Mapping[str, str] = {
    "wanted": _WANTED,
    "twin_years": _TWIN_YEARS,
    "asked": _ASKED,
    "of_one_area": _OF_ONE_AREA,
    "each_neighbour": _EACH_NEIGHBOUR,
    "of_neighbours": _OF_NEIGHBOURS,
    "given": _GIVEN,
}
"""Rows of the areas needed · each twin's years · the single areas needed · their figures · each neighbour's figure ·
the mean of the neighbours · everything in one table."""

_COMPARATORS = """
INSERT INTO profile.comparators
WITH dated AS (
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
"""


def compare_with_published(connection: duckdb.DuckDBPyConnection) -> None:
    """Fill profile.comparators: four comparators for every twin and year, or why one cannot be given."""
    for name, step in _STEPS.items():
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {step}")
    connection.execute(_COMPARATORS)
    for name in _STEPS:
        connection.execute(f"DROP TABLE temp.{name}")
