"""Where each thing is in a pack's payload: folders, pages, and the file of each list and document.

Every name is decided here: no name from outside decides where a file is written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from transforms.evidence.framework import Framework

LISTS, SURVEYS, DOCUMENTS, TIDY = "03_lists", "04_survey_contacts", "05_documents", "08_tidy"
PROFILE = "data/02_performance_profile.pdf"


def list_files(framework: Framework) -> dict[str, str]:
    """The file of each list that answers a request: numbered workbooks, and tables among the documents."""
    places: dict[str, str] = {}
    numbered: dict[tuple[str, str], str] = {}
    for request in framework.documents:
        for answer in request.answered_by:
            folder = SURVEYS if answer.product == "surveys" else LISTS
            for list_id in answer.lists:
                name = framework.list_asked(list_id).workbook or list_id
                number = sum(one == folder for one, _ in numbered) + 1
                file = numbered.setdefault((folder, name), f"data/{folder}/{number:02d}_{name}.xlsx")
                places.setdefault(list_id, file)
            for list_id in answer.tables:
                places.setdefault(list_id, f"data/{DOCUMENTS}/{request.id}_table_{list_id}.xlsx")
    return places


def document_files(carried: Iterable[tuple[str, str, str]]) -> list[str]:
    """The file of each document in the pack, in the order given; a name already used gets a number.

    Args:
        carried: request, id in the register, and kind of file ("pdf"), already checked.
    """
    files: dict[str, None] = {}
    for request_id, document_id, kind in carried:
        stem = f"{request_id}_{re.sub('[^a-z0-9]+', '_', document_id.lower()).strip('_')[:60] or 'document'}"
        name, number = f"{stem}.{kind}", 2
        while name in files:
            name, number = f"{stem}_{number}.{kind}", number + 1
        files[name] = None
    return [f"data/{DOCUMENTS}/{name}" for name in files]
