"""The readable page of a run's checks: coverage, what is broken, what could not be checked. No values."""

from __future__ import annotations

import itertools
from importlib.resources import files

import duckdb
from jinja2 import Environment, StrictUndefined

from flows.publishing.run_report import COVERAGE


def checks_page(connection: duckdb.DuckDBPyConnection) -> str:
    """One self-contained HTML page, from a finished restricted file."""
    (run,) = connection.execute("SELECT as_at::VARCHAR, ledger_sequence, code_version FROM quality.run").fetchall()
    checks = connection.sql("SELECT * FROM quality.checks ORDER BY source_table, kind, check_code").pl().to_dicts()
    broken = [check for check in checks if check["outcome"] == "broken"]
    template = Environment(autoescape=True, undefined=StrictUndefined).from_string(
        (files("flows.publishing") / "checks_page.html.jinja").read_text(encoding="utf-8")
    )
    return template.render(
        as_at=run[0],
        ledger_sequence=run[1],
        code_version=run[2],
        coverage_headings=COVERAGE,
        coverage=connection.execute("SELECT * FROM quality.coverage").fetchall(),
        broken=sorted(broken, key=lambda check: -check["rows_broken"]),
        not_checked=[check for check in checks if check["outcome"] == "could not be checked"],
        by_table=[
            (table, list(found)) for table, found in itertools.groupby(checks, key=lambda check: check["source_table"])
        ],
    )
