"""Which column of DfE's published tables is an indicator's twin, and how a list of statistical neighbours is written.

Both are declared in `transforms/profile/benchmarks/*.toml`: a new file there is a new publication.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from warehouse.declared_facts import DeclaredFile, Facts

NEIGHBOURS_DECLARED = "statistical_neighbours.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class TwinFacts:
    """A published twin as it is declared; several columns are added up.

    Attributes:
        indicator: code of the indicator it is the twin of.
        source: where the publication says so.
        file: how the downloaded file's name begins.
        value: where DfE publishes the percentage or rate itself.
        groups: the published numerator of each group of the indicator, in place of one numerator.
    """

    indicator: str
    source: str
    file: str
    numerator: str | tuple[str, ...] = ()
    denominator: str | tuple[str, ...] = ()
    value: str | tuple[str, ...] = ()
    groups: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicationFacts:
    """One publication and its twins."""

    publication: str
    twin: tuple[TwinFacts, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NeighbourForm:
    """A form that a list of statistical neighbours may have.

    Attributes:
        file: how the file's name begins.
        columns: the headings it must have, each with what it holds.
    """

    file: str
    columns: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class NeighbourForms:
    """The two forms that are read: the council's own, and one compiled for all councils."""

    own: NeighbourForm
    compiled: NeighbourForm


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedTwin:
    """The published twin of an indicator, or of one of its groups (`breakdown`, else empty), as columns of a file."""

    indicator: str
    breakdown: str
    source: str
    file: str
    numerator: tuple[str, ...]
    denominator: tuple[str, ...]
    value: tuple[str, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """Every published column that is read for it."""
        return (*self.numerator, *self.denominator, *self.value)

    @property
    def published_column(self) -> str:
        """The columns that hold its figure."""
        return " + ".join(self.value or self.numerator)


@cache
def twins() -> tuple[PublishedTwin, ...]:
    """Every published twin, one for each group of an indicator that has groups.

    Raises:
        Problem: a file that declares them is wrong.
    """
    return tuple(
        PublishedTwin(
            indicator=twin.indicator,
            breakdown=group,
            source=twin.source,
            file=twin.file,
            numerator=_columns(numerator),
            denominator=_columns(twin.denominator),
            value=_columns(twin.value),
        )
        for entry in sorted(files("transforms.profile.benchmarks").iterdir(), key=lambda entry: entry.name)
        if entry.name.endswith(".toml") and entry.name != NEIGHBOURS_DECLARED
        for twin in _declared(entry.name, PublicationFacts).twin
        for group, numerator in (twin.groups or {"": twin.numerator}).items()
    )


@cache
def neighbour_forms() -> NeighbourForms:
    """The forms that a list of neighbours may have.

    Raises:
        Problem: the file that declares them is wrong.
    """
    return _declared(NEIGHBOURS_DECLARED, NeighbourForms)


def _declared(name: str, kind: type[Facts]) -> Facts:
    file = DeclaredFile(
        f"transforms/profile/benchmarks/{name}",
        "benchmarks file",
        why="Published figures could not be told from one another.",
    )
    return file.read((files("transforms.profile.benchmarks") / name).read_text(encoding="utf-8"), kind)


def _columns(named: str | tuple[str, ...]) -> tuple[str, ...]:
    return (named,) if isinstance(named, str) else named
