"""A sealed folder: a BagIt 1.0 bag (RFC 8493), a zip of it, its content hash, and whether it is still whole.

The content hash is the SHA-256 of the payload manifest with its lines sorted by path and ended by LF; as the manifest
is written in that form, `sha256sum manifest-sha256.txt` gives the same. Verifying trusts nothing it reads.
"""

from __future__ import annotations

import datetime
import hashlib
import re
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from warehouse.problem import Problem

PAYLOAD_MANIFEST = "manifest-sha256.txt"
TAG_MANIFEST = "tagmanifest-sha256.txt"
DECLARATION = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
FIXED_TIME = (1980, 1, 1, 0, 0, 0)
CHUNK = 1 << 20
MOST_ENTRIES = 20_000
MOST_BYTES = 4 << 30
MOST_EXPANDED = 200
MOST_MANIFEST_BYTES = 16 << 20
LINE = re.compile(r"([0-9a-fA-F]{64}) [ *]?(.+)")
UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError)


@dataclass(frozen=True, slots=True)
class Sealed:
    """A bag as it was sealed: its folder, its zip, its content hash and the size of its payload."""

    folder: Path
    zip_file: Path
    content_hash: str
    payload_files: int
    payload_bytes: int


@dataclass(frozen=True, slots=True)
class Verification:
    """Whether a bag is whole, naming each altered, missing or added file.

    `content_hash` is worked out from the payload as found: it equals the sealed hash only if the payload is unchanged.
    """

    whole: bool
    altered: tuple[str, ...]
    missing: tuple[str, ...]
    added: tuple[str, ...]
    content_hash: str


def seal(folder: Path, *, bagged_on: datetime.date, info: Mapping[str, str]) -> Sealed:
    """Turn `folder` (payload under data/) into a bag, and write a zip of it next to the folder.

    Args:
        folder: contains data/ and nothing else.
        bagged_on: Bagging-Date.
        info: further lines of bag-info.txt, in order (Source-Organization, External-Identifier, ...).

    Raises:
        Problem: the payload is empty, there is anything else in the folder, it contains a link, or a file name cannot
            be written in a manifest.
    """
    strays = sorted(entry.name for entry in folder.iterdir() if entry.name != "data") if folder.is_dir() else []
    payload = _payload(folder)
    if strays or not payload:
        raise Problem(
            f"{folder.name} cannot be sealed: "
            + (f"it contains {strays[0]} as well as data/." if strays else "data/ is empty."),
            why="A sealed pack contains its payload and nothing else.",
            fix="Build the pack in a new folder.",
        )
    hashes = {path: _hash(folder / path) for path in payload}
    size = sum((folder / path).stat().st_size for path in payload)
    lines = {
        **info,
        "Bagging-Date": bagged_on.isoformat(),
        "Payload-Oxum": f"{size}.{len(payload)}",
        "Bag-Size": f"{size} bytes of payload",
    }
    tags = {
        "bagit.txt": DECLARATION,
        "bag-info.txt": "".join(f"{_label(label)}: {' '.join(text.split())}\n" for label, text in lines.items()),
        PAYLOAD_MANIFEST: _manifest(hashes),
    }
    for name, text in tags.items():
        (folder / name).write_bytes(text.encode())
    (folder / TAG_MANIFEST).write_bytes(_manifest({name: _hash(folder / name) for name in tags}).encode())
    return Sealed(folder, _zip(folder), content_hash(hashes), len(payload), size)


def content_hash(hashes: Mapping[str, str]) -> str:
    """SHA-256 of the payload manifest: `hashes` are SHA-256 by path (data/...)."""
    return hashlib.sha256(_manifest(hashes).encode()).hexdigest()


def verify(path: Path) -> Verification:
    """Compare a bag, as a folder or a zip, with its own manifests.

    Nothing is extracted, links are not followed, and a zip's list of files is checked before anything is read.

    Raises:
        Problem: it is not a bag, or could do harm (names that lead outside it, a repeated name, too much to expand).
    """
    if path.is_dir():
        return _verify(sorted(_files(path)), lambda name: (path / name).open("rb"), path.name)
    if not path.is_file() or not zipfile.is_zipfile(path):
        raise _not_a_bag("There is no folder or zip of that name.", path.name)
    try:
        with zipfile.ZipFile(path) as archive:
            names = _names_in(archive, path.name)
            return _verify(sorted(names), lambda name: archive.open(names[name]), path.name)
    except UNREADABLE as error:
        raise _not_a_bag(f"The zip cannot be read ({type(error).__name__}).", path.name) from None


def _verify(found: list[str], opened: Callable[[str], IO[bytes]], place: str) -> Verification:
    def text(name: str) -> str:
        with opened(name) as stream:
            content = stream.read(MOST_MANIFEST_BYTES + 1)
        if len(content) > MOST_MANIFEST_BYTES:
            raise _not_a_bag(f"{name} is too large.", place)
        return content.decode("utf-8", errors="replace")

    def hashed(name: str) -> str:
        try:
            with opened(name) as stream:
                return _digest(stream)
        except UNREADABLE:  # a zip's own checksum fails if a byte was changed
            return "unreadable"

    for name in ("bagit.txt", PAYLOAD_MANIFEST):
        if name not in found:
            raise _not_a_bag(f"It has no {name}.", place)
    promised, altered = _read_manifest(PAYLOAD_MANIFEST, text(PAYLOAD_MANIFEST), place)
    if astray := [name for name in promised if not name.startswith("data/")]:
        raise _not_a_bag(f"The payload manifest names {astray[0]!r}, which is not payload.", place)
    missing: set[str] = set()
    if TAG_MANIFEST in found:
        tags, altered_tags = _read_manifest(TAG_MANIFEST, text(TAG_MANIFEST), place)
        promised |= tags
        altered |= altered_tags
    else:
        missing.add(TAG_MANIFEST)
    actual = {name: hashed(name) for name in found if name != TAG_MANIFEST}
    missing |= set(promised) - set(actual)
    altered |= {name for name in set(promised) & set(actual) if promised[name] != actual[name]}
    # RFC 8493 allows a tag file that no tag manifest names; we seal all of ours, so such a file was added later.
    known = set(promised) | {"bagit.txt", "bag-info.txt", PAYLOAD_MANIFEST}
    added = set(actual) - (set(promised) if TAG_MANIFEST in found else known)
    return Verification(
        not (altered or missing or added),
        tuple(sorted(altered)),
        tuple(sorted(missing)),
        tuple(sorted(added)),
        content_hash({name: digest for name, digest in actual.items() if name.startswith("data/")}),
    )


def _names_in(archive: zipfile.ZipFile, place: str) -> dict[str, zipfile.ZipInfo]:
    """The files in the zip's one folder, by their path in it."""
    entries = archive.infolist()
    if len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > MOST_BYTES:
        raise _not_a_bag("The zip contains too much.", place)
    names: dict[str, zipfile.ZipInfo] = {}
    roots: set[str] = set()
    for entry in entries:
        # orig_filename: zipfile cuts a name at NUL and on some systems turns "\\" into "/".
        root, _, name = _safe(entry.orig_filename.rstrip("/"), place).partition("/")
        roots.add(root)
        if stat.S_ISLNK(entry.external_attr >> 16):
            raise _not_a_bag("The zip contains a link.", place)
        if entry.file_size > MOST_EXPANDED * max(entry.compress_size, 1) + CHUNK:
            raise _not_a_bag("The zip expands too far.", place)
        if entry.is_dir():
            continue
        if name in names:
            raise _not_a_bag("The zip contains the same name twice.", place)
        names[name] = entry
    if len(roots) != 1 or "" in names:
        raise _not_a_bag("The zip does not contain exactly one folder.", place)
    return names


def _read_manifest(manifest: str, text: str, place: str) -> tuple[dict[str, str], set[str]]:
    """SHA-256 by path; also the manifest's own name if any of its lines is one we could not have written."""
    promised: dict[str, str] = {}
    altered: set[str] = set()
    for line in text.split("\n"):
        match = LINE.fullmatch(line.removesuffix("\r"))
        if match is None:
            altered |= {manifest} if line.strip() else set()
            continue
        name = _safe(re.sub("%0[Aa]|%0[Dd]|%25", lambda code: chr(int(code[0][1:], 16)), match[2]), place)
        if name in promised:
            altered.add(manifest)
        promised[name] = match[1].lower()
    return promised, altered


def _safe(name: str, place: str) -> str:
    parts = name.split("/")
    if not name or "\\" in name or "\0" in name or ":" in parts[0] or {"", ".", ".."} & set(parts):
        raise _not_a_bag("A name in it leads outside the bag.", place)
    return name


def _payload(folder: Path) -> list[str]:
    if not (folder / "data").is_dir():
        return []
    return sorted(name for name in _files(folder) if name.startswith("data/"))


def _files(folder: Path) -> Iterator[str]:
    """Files below `folder`, as paths with "/"; symbolic links to files or folders are refused."""
    for entry in sorted(folder.iterdir()):
        if entry.is_symlink():
            raise _not_a_bag("The folder contains a link.", folder.name)
        if entry.is_dir():
            yield from (f"{entry.name}/{name}" for name in _files(entry))
        else:
            yield entry.name


def _manifest(hashes: Mapping[str, str]) -> str:
    for path in hashes:
        if re.search(r"[\r\n%]", path):
            raise Problem(
                "A file name contains a line end or a per cent sign.", why="It cannot be written in a manifest."
            )
    return "".join(f"{hashes[path]}  {path}\n" for path in sorted(hashes))


def _label(label: str) -> str:
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9-]*", label):
        raise Problem(f"{label!r} cannot be a label in bag-info.txt.", fix="Use letters, digits and hyphens.")
    return label


def _hash(path: Path) -> str:
    with path.open("rb") as stream:
        return _digest(stream)


def _digest(stream: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while chunk := stream.read(CHUNK):
        digest.update(chunk)
    return digest.hexdigest()


def _zip(folder: Path) -> Path:
    """Zip the folder, next to it: sorted names, fixed times, stored (PDFs and workbooks are already compressed)."""
    path = folder.with_name(f"{folder.name}.zip")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(_files(folder)):
            entry = zipfile.ZipInfo(f"{folder.name}/{name}", FIXED_TIME)
            entry.create_system = 3
            entry.external_attr = (stat.S_IFREG | 0o644) << 16
            entry.file_size = (folder / name).stat().st_size
            with (folder / name).open("rb") as source, archive.open(entry, "w") as target:
                while chunk := source.read(CHUNK):
                    target.write(chunk)
    return path


def _not_a_bag(what: str, place: str) -> Problem:
    return Problem(
        f"This is not a whole pack: {what}",
        where=place,
        why="Nothing in it can be proved to be as it was sealed.",
        fix="Get the pack again from the store, or from whoever sealed it.",
    )
