"""What pages and docstrings say of the program is so: files, commands, flags, settings, tables, names, dependencies.

`tests/flows/commands/test_documentation.py` runs what the pages show; this looks at what they state.
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from dataclasses import fields
from functools import cache
from pathlib import Path

import pytest

from flows.commands.command_line import EXIT_CODES, parsers
from flows.settings import Settings, variable
from transforms.profile.indicator import indicators
from warehouse import catalogue

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("flows", "transforms", "expectations", "warehouse", "deployments")
MODULES = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
FILES = [
    *(path for folder in (*PACKAGES, "docs", "tests") for path in sorted((ROOT / folder).rglob("*")) if path.is_file()),
    *(path for path in sorted(ROOT.iterdir()) if path.is_file()),
]
WRITTEN = [
    ROOT / "README.md",
    *(path for path in sorted((ROOT / "docs").rglob("*.md")) if "reference" not in path.parts),
]
# They keep the names of their time.
HISTORY = {"docs/changelog.md", "docs/decisions/choices.md", "docs/decisions/0008-rooms.md"}
# It names things that exist only once test_additions.py has added them in a copy; that test checks the page.
EXAMPLES = {"docs/additions.md"}

Node = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def docstrings() -> tuple[tuple[str, str, Node | None], ...]:
    """(file, text, what it is of; None: the module or a constant) of every docstring of the five packages."""
    found: list[tuple[str, str, Node | None]] = []
    for path in MODULES:
        name = path.relative_to(ROOT).as_posix()
        for node in ast.walk(parsed(path)):
            if isinstance(node, Node) and (text := ast.get_docstring(node)):
                found.append((name, text, node))
            elif isinstance(node, ast.Module):
                # The module's own comes first; a text that stands alone after a constant says what that is.
                texts = [one.value for one in node.body if isinstance(one, ast.Expr)]
                found += [(name, str(text.value), None) for text in texts if isinstance(text, ast.Constant)]
    return tuple(found)


def pages() -> list[tuple[str, str]]:
    """(file, text) of every page written by hand that speaks of the program as it is."""
    named = [(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")) for path in WRITTEN]
    return [(name, text) for name, text in named if name not in HISTORY | EXAMPLES]


def said() -> list[tuple[str, str]]:
    """(file, text) of every page and every docstring."""
    return [*pages(), *((name, text) for name, text, _ in docstrings())]


def section(text: str, heading: str) -> Iterator[str]:
    """The names that a section of a docstring (`Attributes:`, `Args:`) explains."""
    _, found, rest = text.partition(f"{heading}:\n")
    for line in rest.splitlines() if found else ():
        if line and not line.startswith(" "):
            return
        if named := re.match(r"    ([\w*][\w*, `]*):(?: |$)", line):
            yield from (name.strip(" *`") for name in named[1].split(","))


def test_every_attribute_that_a_docstring_explains_is_one_of_its_class() -> None:
    classes = {node.name: node for path in MODULES for node in ast.walk(parsed(path)) if isinstance(node, ast.ClassDef)}
    checked = 0
    wrong = []
    for name, text, node in docstrings():
        if isinstance(node, ast.ClassDef):
            for attribute in section(text, "Attributes"):
                checked += 1
                if attribute not in attributes(node, classes):
                    wrong.append((name, node.name, attribute))
    assert wrong == []
    assert checked > 100, "the sections are found"


def attributes(node: ast.ClassDef, classes: dict[str, ast.ClassDef]) -> set[str]:
    """Fields, methods and what methods set on `self`, of a class and those it is made from."""
    own: set[str] = set()
    for part in ast.walk(node):
        if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name):
            own.add(part.target.id)
        elif isinstance(part, ast.FunctionDef):
            own.add(part.name)
        elif isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name) and part.value.id == "self":
            own.add(part.attr)
    for base in node.bases:
        if isinstance(base, ast.Name) and base.id in classes:
            own |= attributes(classes[base.id], classes)
    return own


def test_every_argument_that_a_docstring_explains_is_one_of_its_function() -> None:
    checked = 0
    wrong = []
    for name, text, node in docstrings():
        function = node
        if isinstance(node, ast.ClassDef):
            made = [one for one in node.body if isinstance(one, ast.FunctionDef) and one.name == "__init__"]
            function = made[0] if made else None
        for argument in section(text, "Args"):
            checked += 1
            given = getattr(function, "args", None)
            if given is None or argument not in {one.arg for one in ast.walk(given) if isinstance(one, ast.arg)}:
                wrong.append((name, getattr(node, "name", ""), argument))
    assert wrong == []
    assert checked > 100, "the sections are found"


def test_every_file_that_is_named_exists() -> None:
    """With its folder as it lies in the checkout or beside the page; without one, by its name."""
    ours = {path.name for path in FILES}
    of_a_store_or_of_others = {"report.md", "bagit.py"}
    wrong = []
    for name, text in said():
        for path in re.findall(r"(?<![\w/.:<>*-])[\w./-]+\.(?:py|sql|typ|md|sh|service|timer|jinja)\b", text):
            if "/" not in path:
                exists = path in ours | of_a_store_or_of_others
            else:
                exists = (ROOT / path).exists() or (ROOT / name).parent.joinpath(path).exists()
            if not exists and not path.startswith("//"):
                wrong.append((name, path))
    assert wrong == []


def test_every_folder_of_the_packages_that_is_named_exists() -> None:
    rooms = "|".join((*PACKAGES, "docs", "tests"))
    wrong = []
    for name, text in said():
        for path in re.findall(rf"`((?:{rooms})/[^\s`]*)`", text):
            if not list(ROOT.glob(re.sub(r"<[^>]*>", "*", path).rstrip("/") or ".")):
                wrong.append((name, path))
    assert wrong == []


def test_every_module_that_is_named_exists() -> None:
    """`flows.stores`, `python -m deployments.register`, and a name of a module such as `flows.stores.s3_client`."""
    wrong = []
    for name, text in said():
        for dotted in re.findall(rf"(?<![\w/@.-])(?:{'|'.join(PACKAGES)})(?:\.\w+)+", text):
            *parts, last = dotted.split(".")
            if dotted.startswith("warehouse.duckdb") or (ROOT / "/".join([*parts, last])).is_dir():
                continue
            module = ROOT / f"{'/'.join(parts)}.py"
            if not (ROOT / f"{'/'.join([*parts, last])}.py").is_file() and not (
                module.is_file() and re.search(rf"\b{last}\b", module.read_text(encoding="utf-8"))
            ):
                wrong.append((name, dotted))
    assert wrong == []


def test_every_name_in_backticks_of_a_docstring_is_a_name_of_the_program() -> None:
    """Of several words only (`read_status`, `EvidenceStore`): a single word may be anything."""
    used: set[str] = set()
    for path in FILES:
        if path.suffix in (".sql", ".toml", ".typ", ".jinja"):
            used |= {path.stem, *re.findall(r"\w+", path.read_text(encoding="utf-8"))}
    for path in MODULES:
        used.add(path.stem)
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                # A text with backticks is prose, and uses no name.
                used |= set() if "`" in node.value else set(re.findall(r"\w+", node.value))
            else:
                named = (getattr(node, kind, None) for kind in ("id", "attr", "arg", "name"))
                used |= {name for name in named if isinstance(name, str)}
    examples = {"board_minutes_2026_09"}
    wrong = [
        (name, word)
        for name, text, _ in docstrings()
        for word in re.findall(r"`([a-z]+(?:_[a-z0-9]+)+|(?:[A-Z][a-z0-9]+){2,})`", text)
        if word not in used | examples
    ]
    assert wrong == []


def test_every_command_in_a_sentence_exists_with_its_flags() -> None:
    wrong = []
    for name, text in said():
        for command, rest in re.findall(r"`daytwo ([a-z]+)([^`\n]*)`", text):
            flags = set(re.findall(r"(?<!\S)--[a-z-]+", rest))
            known = (
                {flag for action in parsers()[command]._actions for flag in action.option_strings}
                if (command in parsers())
                else set()
            )
            if command not in parsers() or not flags <= known:
                wrong.append((name, f"daytwo {command}{rest}"))
    assert wrong == []


def test_every_flag_in_a_sentence_is_one_of_a_command_or_of_a_program_of_deployments() -> None:
    known = {flag for command in parsers().values() for action in command._actions for flag in action.option_strings}
    for path in sorted((ROOT / "deployments").rglob("*.py")):
        known |= set(re.findall(r'"(--[a-z-]+)"', path.read_text(encoding="utf-8")))
    of_others = {"--bypass-governance-retention"}
    wrong = [(name, flag) for name, text in said() for flag in re.findall(r"`(--[a-z-]+)", text)]
    assert [one for one in wrong if one[1] not in known | of_others] == []


def test_every_setting_that_is_named_exists() -> None:
    known = {variable(setting.name) for setting in fields(Settings)}
    others = [(path.relative_to(ROOT).as_posix(), path) for path in FILES if "tests" not in path.parts]
    texts = [
        (name, path.read_text(encoding="utf-8", errors="replace"))
        for name, path in others
        if name not in HISTORY | EXAMPLES
    ]
    wrong = [(name, setting) for name, text in texts for setting in re.findall(r"DAYTWO_[A-Z0-9_]*[A-Z0-9]", text)]
    assert sorted({one for one in wrong if one[1] not in known}) == []


def test_every_table_and_column_that_is_named_exists() -> None:
    tables = catalogue.by_name()
    functions = {"records.working_days_after"}
    wrong = []
    for name, text in said():
        for table, column in re.findall(r"\b((?:records|profile|quality|evidence)\.[a-z_0-9]+)(?:\.([a-z_]+))?", text):
            if table in functions or re.search(r"\.(py|sql|toml|md)$", table):
                continue
            known = {one.name for one in tables[table].stored_columns} if table in tables else set()
            if table not in tables or (column and column not in known):
                wrong.append((name, f"{table}.{column}".rstrip(".")))
    assert wrong == []


def test_the_exit_codes_of_the_operators_page_are_those_of_the_program() -> None:
    page = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    table = page[page.index("| 0 | nothing |") :].split("\n\n")[0]
    assert [int(code) for code in re.findall(r"^\| (\d+) \|", table, re.M)] == list(EXIT_CODES)


def test_every_service_unit_that_is_named_exists() -> None:
    units = {path.name for path in FILES if path.suffix in (".service", ".timer")}
    wrong = []
    for name, text in pages():
        wrong += [(name, unit) for unit in re.findall(r"daytwo-[a-z-]+\.(?:service|timer)", text) if unit not in units]
        for names in re.findall(r"systemctl (?:[a-z-]+ )+?((?:daytwo-[a-z.-]+ ?)+)", text):
            wrong += [(name, unit) for unit in names.split() if not {unit, f"{unit}.service"} & units]
    assert wrong == []


def imported() -> dict[str, set[str]]:
    """The files that import each package, by the package's name in Python."""
    found: dict[str, set[str]] = {}
    for path in MODULES:
        for node in ast.walk(parsed(path)):
            names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) and node.level == 0 else []
            for name in names:
                found.setdefault(name.split(".")[0], set()).add(path.relative_to(ROOT).as_posix())
    return found


def dependency_rows() -> dict[str, str]:
    page = (ROOT / "docs" / "decisions" / "0005-dependencies.md").read_text(encoding="utf-8")
    return dict(re.findall(r"^\| `([a-z0-9-]+)` \| (.+) \|$", page, re.M))


def test_every_dependency_is_used_and_where_its_reason_says_alone() -> None:
    """A reason "Only `expectations/` imports it" holds for each file that does."""
    names = {"msoffcrypto-tool": "msoffcrypto", "python-dateutil": "dateutil"}
    through_others = {"duckdb-engine": "great_expectations"}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    reasons = dependency_rows()
    for line in project["project"]["dependencies"]:
        package = re.split(r"[<>=~! \[]", line, maxsplit=1)[0]
        module = through_others.get(package) or names.get(package) or package.replace("-", "_")
        assert imported().get(module), f"{package} is a dependency that nothing imports"
        if only := re.search(r"Only ([^.]*?) imports? it|Only ([^.]*?) may import it", reasons[package]):
            allowed = tuple(re.findall(r"`([^`]+)`", only[0]))
            assert allowed
            strays = [file for file in imported()[module] if not file.startswith(allowed)]
            assert strays == [], f"{package}: {only[0]}"


@pytest.mark.parametrize("name", [path.relative_to(ROOT).as_posix() for path in WRITTEN])
def test_what_is_called_not_built_is_not_built(name: str) -> None:
    """The choices name indicators that are still to come; no other page names what does not exist."""
    text = (ROOT / name).read_text(encoding="utf-8")
    sentences = re.findall(r"[^.|\n]*\b(?:not built|not yet built|still to be built|not supported yet)\b", text)
    if name == "docs/decisions/choices.md":
        absent = re.search(r"\. ([^.]*) are not built at all", text)
        assert absent
        assert not {one.code for one in indicators()} & set(re.findall(r"[A-Z]{2}\d\d", absent[1]))
    else:
        assert sentences == []
