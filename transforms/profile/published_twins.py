"""Which column of DfE's published tables is an indicator's twin, and the forms a list of neighbours may have.

Both are declared in `transforms/profile/benchmarks/*.toml`: each publication has one file there.
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
    """A published twin as declared; several columns are added up.

    Attributes:
        indicator: code of the indicator it is the twin of.
        source: where the publication gives the figure.
        file: how the downloaded file's name begins.
        value: the column with the percentage or rate, if DfE publishes it.
        groups: the published numerator of each group of the indicator, instead of a single numerator.
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
        columns: the headings it must have, each with its meaning.
    """

    file: str
    columns: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class NeighbourForms:
    """The two forms we read: the council's own list, and one compiled for all councils."""

    own: NeighbourForm
    compiled: NeighbourForm


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedTwin:
    """The published twin of an indicator, or of one of its groups (`breakdown`, or empty), as columns of a file."""

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
        """The columns that contain its figure."""
        return " + ".join(self.value or self.numerator)


@cache
def twins() -> tuple[PublishedTwin, ...]:
    """Every published twin; an indicator with groups has one for each group.

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
        why="Without it, published figures cannot be matched to our indicators.",
    )
    return file.read((files("transforms.profile.benchmarks") / name).read_text(encoding="utf-8"), kind)


def _columns(named: str | tuple[str, ...]) -> tuple[str, ...]:
    return (named,) if isinstance(named, str) else named
