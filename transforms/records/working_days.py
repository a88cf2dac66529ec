"""England's working days: Monday to Friday except bank holidays.

Source: choices G7. The start is day 0; n working days later is the n-th working day after it, whether or not the start
is a working day. No bank holiday is assumed before 2019.
"""

from __future__ import annotations

import datetime

import duckdb
import holidays
import polars as pl

from warehouse import catalogue
from warehouse.database import add_working_days_macro, create

FIRST_DAY = datetime.date(1990, 1, 1)
FIRST_YEAR_OF_BANK_HOLIDAYS = 2019
YEARS_AHEAD = 6


def build_calendar(connection: duckdb.DuckDBPyConnection, as_at: datetime.date) -> None:
    """Fill records.calendar from 1990 to six years after `as_at`, and create records.working_days_after(day, n)."""
    last_year = as_at.year + YEARS_AHEAD
    bank = holidays.country_holidays("GB", subdiv="ENG", years=range(FIRST_YEAR_OF_BANK_HOLIDAYS, last_year + 1))
    named = pl.DataFrame(
        {"day": sorted(bank), "bank_holiday": [bank[day] for day in sorted(bank)]},
        schema={"day": pl.Date, "bank_holiday": pl.String},
    ).to_arrow()
    create(connection, catalogue.by_name()["records.calendar"])
    connection.register("bank_holidays", named)
    connection.execute(
        """
        INSERT INTO records.calendar
        SELECT day, is_working_day, sum(is_working_day::INT) OVER (ORDER BY day), bank_holiday
        FROM (
          SELECT all_days.day::DATE AS day, bank_holiday,
                 isodow(all_days.day) <= 5 AND bank_holiday IS NULL AS is_working_day
          FROM generate_series(?::DATE, make_date(?, 12, 31), INTERVAL 1 DAY) AS all_days(day)
          LEFT JOIN bank_holidays ON bank_holidays.day = all_days.day
        )
        ORDER BY day
        """,
        [FIRST_DAY, last_year],
    )
    connection.unregister("bank_holidays")
    add_working_days_macro(connection)
