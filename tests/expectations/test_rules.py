"""Every rule's file can be read, binds to the declared columns, and finds what its worked example says."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

from expectations.rule import SOURCES, Rule, parse, return_year, rule_reads, rules
from tests.expectations.rule_example import empty_warehouse, play, said_verdicts
from tests.worked_example import rows_of
from warehouse import catalogue
from warehouse.codes import code_list
from warehouse.problem import Problem

# Rules that say "not in the list", with the list they mean.
LISTS = {
    "4220": "ethnicity",
    "8540": "disability",
    "8866": "referral_source",
    "8905": "cp_category",
    "8910": "cp_category",
}


@pytest.fixture(scope="module")
def warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    connection = empty_warehouse()
    yield connection
    connection.close()


def named(rule: Rule) -> str:
    return rule.file_name.removesuffix(".sql")


each_rule = pytest.mark.parametrize("rule", rules(), ids=named)


@each_rule
def test_the_worked_example_holds(rule: Rule, warehouse: duckdb.DuckDBPyConnection) -> None:
    said = said_verdicts(rule)
    assert play(warehouse, rule) == said
    assert set(said.values()) == {"broken", "met"}


@each_rule
def test_the_example_explains_each_verdict(rule: Rule) -> None:
    example: dict[str, Any] = rule.example
    assert isinstance(example["as_at"], datetime.date)
    judged = [given for given in example["given"] if "verdict" in rows_of(given["rows"])[0]]
    assert [given["table"] for given in judged] == [rule.table]
    assert all(row["because"] for row in rows_of(judged[0]["rows"]))


@each_rule
def test_it_binds_to_declared_columns(rule: Rule, warehouse: duckdb.DuckDBPyConnection) -> None:
    read = rule_reads(warehouse, rule)
    declared = {(table.name, column.name) for table in catalogue.by_name().values() for column in table.stored_columns}
    assert read.columns <= declared
    assert read.tables <= {table for table, _ in declared}
    assert {table.split(".")[0] for table in read.tables} <= {"records", "quality"}
    assert {table for table in read.tables if table.startswith("quality.")} <= {
        "quality.run",
        "quality.unmatched_rows",
        "quality.decisions",
    }
    assert (rule.table, "received_row") in read.columns
    described = warehouse.execute(f"DESCRIBE {rule.query}").fetchall()
    assert [(name, kind) for name, kind, *_ in described] == [("received_row", "BIGINT")]
    assert warehouse.execute(rule.query).fetchall() == []


@each_rule
def test_its_facts_are_complete(rule: Rule) -> None:
    code = rule.code.lower()
    assert rule.file_name.startswith(f"{SOURCES[rule.source]}{code}_")
    assert (rule.folder == "own") == (rule.source == "own")
    assert len(rule.title) > 15
    assert not rule.title.endswith(".")
    assert rule.fix.endswith(".")
    assert rule.reading == "" or rule.reading.endswith(".")
    assert catalogue.by_name()[rule.table].file, "only what came in a file can be corrected at its source"
    # An error that the extract can show only in part is listed, and its reading says so.
    partly_known = rule.severity == "info" and rule.reading.endswith("it is only listed.")
    assert rule.severity == ("warning" if rule.kind == "error" else "info") or partly_known
    assert rule.folder == "own" or (rule.kind == "query") == (rule.source == "CIN census" and rule.code.endswith("Q"))
    # Runners that format a query or look for parameters in it must find none.
    assert not re.search(r"[{}%]|(?<![:\w]):\w", rule.query)


def test_every_rule_has_a_code_of_its_own() -> None:
    several = [rule for rule in rules() if rule.folder == "statutory"]
    assert len({(rule.source, rule.code) for rule in several}) == len(several)
    assert len({(rule.code, rule.table) for rule in rules()}) == len(rules())
    assert len({rule.file_name for rule in rules()}) == len(rules())


def test_the_rules_that_matter_most_to_an_inspection_exist() -> None:
    codes = {(rule.source, rule.code) for rule in rules()}
    assert len([source for source, _ in codes if source != "own"]) >= 100
    assert {code for source, code in codes if source == "own"} == {"X006", "X011", "X012", "X013", "X014", "X015"}
    for code in ("8820", "8670Q", "8675Q", "2885", "4014", "8925", "8935", "8940"):
        assert ("CIN census", code) in codes
    for code in ("142", "501", "359", "375", "361", "557", "577", "133", "191", "SW01aSTG1"):
        assert ("SSDA903", code) in codes


def test_lists_written_in_a_rule_are_those_of_the_codes() -> None:
    for rule in rules():
        if rule.code in LISTS and rule.source == "CIN census":
            assert set(re.findall(r"'(\w+)'", rule.query)) == set(code_list(LISTS[rule.code]).values), rule.code


def test_codes_written_in_a_rule_are_codes() -> None:
    """A code misspelt in a rule would never be found: each is in a list, or is the role of a case worker."""
    lists = {column.codes for table in catalogue.tables("records") for column in table.columns if column.codes}
    known = {value for name in lists for value in code_list(name).values} | {"CW", "infinity"}
    known |= {"applied", *catalogue.by_file()}  # a person's decision, by table
    for rule in rules():
        assert set(re.findall(r"'(\w+)'", rule.query)) <= known, rule.code


def test_overlaps_are_found_in_one_pass() -> None:
    """A table is joined to itself only to compare one child's rows."""
    for rule in rules():
        assert "CROSS JOIN" not in rule.query.upper(), rule.file_name
        for join in re.findall(r"JOIN records\.\w+ AS \w+\s+ON (.*?)(?:WHERE|JOIN|$)", rule.query, re.DOTALL):
            assert re.search(r"\w+_id = \w+\.\w*_id", join), rule.file_name


def test_a_return_ends_on_31_march() -> None:
    assert return_year(datetime.date(2026, 3, 31)) == 2026
    assert return_year(datetime.date(2026, 4, 1)) == 2027
    rule = next(rule for rule in rules() if rule.code == "8935")
    assert rule.first_return_year == 2023
    assert not rule.is_asked_on(datetime.date(2022, 3, 31))
    assert rule.is_asked_on(datetime.date(2022, 4, 1))


def test_a_file_without_its_facts_is_refused_by_name() -> None:
    with pytest.raises(Problem, match="title") as refused:
        parse(
            '/*\ncode = "X1"\nsource = "own"\nkind = "error"\nseverity = "info"\n*/ SELECT 1 /*\ngiven = [1]\n*/',
            "x1.sql",
            "own",
        )
    assert refused.value.where == "expectations/own/x1.sql, title"


def test_a_rule_never_sets_a_row_aside() -> None:
    facts = 'code = "X1"\nsource = "own"\ntitle = "t"\nkind = "error"\nseverity = "critical"'
    with pytest.raises(Problem) as refused:
        parse(f"/*\n{facts}\n*/ SELECT 1 /*\n*/", "x1.sql", "own")
    assert refused.value.where.endswith(", severity")
