"""Pages people read: this package's typst templates filled with data, as tagged PDF/UA-1.

Only the compiler's built-in fonts are used and no date is embedded, so the same data gives the same bytes anywhere.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.resources import as_file, files

import typst


def page(template: str, data: Mapping[str, object]) -> bytes:
    """The PDF of a template ("cover") filled with its data (JSON values; the template shows every key).

    `house` in the data is what every page shows: see `house()`.
    """
    with as_file(files("transforms.evidence.documents")) as folder:
        pdf = typst.compile(
            str(folder / f"{template}.typ"),
            root=str(folder),
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
            ignore_system_fonts=True,
            pdf_standards="ua-1",
            format="pdf",
        )
    assert isinstance(pdf, bytes)
    return pdf


def house(*, title: str, authority_name: str, framework: str, version: int, foot: str) -> dict[str, object]:
    """What every page of a pack shows: title, council, framework, version, marking, and its dates (`foot`)."""
    return {
        "title": title,
        "authority": authority_name,
        "framework": framework,
        "version": version,
        "foot": foot,
        "marking": "OFFICIAL-SENSITIVE",
    }
