"""The reference page of checks: what sets a row aside, the rules of the returns and our own, what contracts promise."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Sequence

from expectations import promised
from expectations.rule import SOURCES, rules
from expectations.since_last_week import COMPARISONS
from flows.commands.reference.page_pieces import page, table_of, tick, to_table
from warehouse import catalogue
from warehouse.contract import Column, Table

# The checks that a contract promises do not depend on the date.
_SOME_DAY = datetime.date(2000, 1, 1)


def checks_reference() -> str:
    blocks = [
        "The outcome of every check is **met**, **broken** or **could not be checked** (its table or column did not"
        " arrive); a check that could not run is never passed. `quality.checks` holds the outcomes, `quality.issues`"
        " the rows.",
        "## What sets a row aside",
        "Only these three checks, of severity critical. `quality.rejected_rows` keeps the row, with its place in the"
        " file.",
        table_of(
            ("check", "rules in quality.rejected_rows"),
            [(tick(f"set aside:{code}"), ", ".join(rules)) for code, rules in promised.SET_ASIDE_BY.items()],
        ),
        table_of(("file", "key", "about", "event date"), [_sets_aside(t) for t in catalogue.by_file().values()]),
        "## Rules of the DfE's returns, and our own",
        "Each rule is described in our own words, as applied to the weekly extract. An *error* must be corrected before"
        " a return, a *query* corrected or explained; a rule never takes a row out of a figure. Own rules X001 to X005"
        " and X010 are the promised checks below; X007 to X009 compare a delivery with the previous one.",
        *_rules(),
        "### Since the previous delivery",
        "Checked from `quality.comparisons` and `quality.changes`. A row is open while its closing column is blank;"
        " [tables](tables.md) marks these columns.",
        table_of(
            ("check", "rule", "what it finds", "severity"),
            [(tick(one.code), one.rule, one.title, one.severity) for one in COMPARISONS],
        ),
        "## What is reported but kept",
        "Severity warning: the row is loaded, and is counted with every figure it feeds.",
    ]
    for table in catalogue.by_file().values():
        rows = [(tick(c.code), c.title, c.severity) for c in promised.checks(table, _SOME_DAY)]
        if rows:
            blocks += [f"### {table.file}", table_of(("check", "promise", "severity"), rows)]
    return page("Checks", "the contracts under `warehouse/records/` and the rules under `expectations/`", *blocks)


def _rules() -> Iterable[str]:
    for source in SOURCES:
        chosen = [rule for rule in rules() if rule.source == source]
        yield f"### {'Own rules' if source == 'own' else source}"
        yield table_of(
            ("rule", "what it finds", "table", "kind", "severity", "returns from", "our definition"),
            [
                (
                    f"[`{rule.code}`](../../expectations/{rule.folder}/{rule.file_name})",
                    rule.title,
                    to_table(rule.table),
                    rule.kind,
                    rule.severity,
                    str(rule.first_return_year or ""),
                    rule.reading,
                )
                for rule in chosen
            ],
        )


def _sets_aside(table: Table) -> Sequence[str]:
    def headings(wanted: Callable[[Column], bool]) -> str:
        return ", ".join(tick(column.heading) for column in table.columns if wanted(column))

    return (
        tick(table.file),
        headings(lambda column: column.name in table.key) or "none",
        headings(lambda column: column.about),
        headings(lambda column: column.event_date),
    )
