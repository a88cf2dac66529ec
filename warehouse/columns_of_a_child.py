"""Columns that many tables share, with the same name, meaning and promises: each is defined here once."""

from __future__ import annotations

from warehouse.contract import Column, Spelling, text


def child_id(heading: str, description: str = "Child.", *, also: tuple[Spelling, ...] = ()) -> Column:
    """The child a row refers to: if the child is not in records.children, the row is set aside."""
    return text(
        "child_id",
        description,
        heading,
        also=also,
        required=True,
        refers_to="records.children.child_id",
        about=True,
    )


def matched_child_id() -> Column:
    """The child a partner's row was matched to."""
    return text(
        "matched_child_id",
        "The child the row was matched to by NHS number, or by local id with date of birth; NULL if none was.",
    )


def nhs_number_for_matching(*, required: bool = True) -> Column:
    """The NHS number of a partner's row."""
    return text(
        "nhs_number",
        "NHS number, for matching only.",
        "nhs_number",
        required=required,
        identifies=True,
        is_nhs_number=True,
    )
