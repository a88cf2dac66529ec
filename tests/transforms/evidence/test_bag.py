from __future__ import annotations

import contextlib
import datetime
import hashlib
import shutil
import stat
import zipfile
from pathlib import Path

import bagit
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from transforms.evidence import bag
from warehouse.problem import Problem

BAGGED_ON = datetime.date(2026, 11, 2)
INFO = {"Source-Organization": "Tarnshire Council", "External-Identifier": "slac_2009/2026-11-02/1"}


def payload(folder: Path) -> Path:
    (folder / "data" / "03_lists").mkdir(parents=True)
    (folder / "data" / "00_cover.pdf").write_bytes(b"%PDF cover")
    (folder / "data" / "03_lists" / "list.xlsx").write_bytes(b"PK" + bytes(range(256)) * 40)
    return folder


@pytest.fixture
def sealed(tmp_path: Path) -> bag.Sealed:
    return bag.seal(payload(tmp_path / "pack"), bagged_on=BAGGED_ON, info=INFO)


def zipped(path: Path, entries: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return path


def entries_of(sealed: bag.Sealed) -> dict[str, bytes]:
    with zipfile.ZipFile(sealed.zip_file) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_library_of_congress_finds_the_bag_valid(sealed: bag.Sealed) -> None:
    found = bagit.Bag(str(sealed.folder))
    found.validate()
    assert found.version_info == (1, 0)
    assert found.info["Bagging-Date"] == "2026-11-02"
    assert found.info["External-Identifier"] == INFO["External-Identifier"]


def test_the_library_of_congress_finds_an_altered_bag_invalid(sealed: bag.Sealed) -> None:
    (sealed.folder / "data" / "00_cover.pdf").write_bytes(b"%PDF other")
    assert not bagit.Bag(str(sealed.folder)).is_valid()


def test_the_content_hash_is_the_hash_of_the_payload_manifest(sealed: bag.Sealed) -> None:
    manifest = (sealed.folder / "manifest-sha256.txt").read_bytes()
    assert sealed.content_hash == hashlib.sha256(manifest).hexdigest()
    assert b"\r" not in manifest
    assert manifest.decode().splitlines() == sorted(manifest.decode().splitlines(), key=lambda line: line[66:])


def test_the_same_payload_elsewhere_has_the_same_content_hash_and_zip_bytes(tmp_path: Path) -> None:
    first, second = (
        bag.seal(payload(tmp_path / name / "pack"), bagged_on=BAGGED_ON, info=INFO) for name in ("one", "two")
    )
    assert first.content_hash == second.content_hash
    assert first.zip_file.read_bytes() == second.zip_file.read_bytes()


def test_the_content_hash_does_not_depend_on_the_bags_own_tags(tmp_path: Path) -> None:
    first = bag.seal(payload(tmp_path / "one"), bagged_on=BAGGED_ON, info=INFO)
    second = bag.seal(payload(tmp_path / "two"), bagged_on=datetime.date(2027, 1, 1), info={})
    assert first.content_hash == second.content_hash


@pytest.mark.parametrize("as_zip", [False, True])
def test_a_sealed_pack_is_whole_as_a_folder_and_as_a_zip(sealed: bag.Sealed, as_zip: bool) -> None:
    verification = bag.verify(sealed.zip_file if as_zip else sealed.folder)
    assert verification == bag.Verification(True, (), (), (), sealed.content_hash)


def test_each_altered_missing_and_added_file_of_a_folder_is_named(sealed: bag.Sealed) -> None:
    (sealed.folder / "data" / "00_cover.pdf").write_bytes(b"%PDF other")
    (sealed.folder / "data" / "03_lists" / "list.xlsx").unlink()
    (sealed.folder / "data" / "extra.txt").write_text("x")
    (sealed.folder / "note.txt").write_text("x")
    found = bag.verify(sealed.folder)
    assert (found.whole, found.altered, found.missing, found.added) == (
        False,
        ("data/00_cover.pdf",),
        ("data/03_lists/list.xlsx",),
        ("data/extra.txt", "note.txt"),
    )
    assert found.content_hash != sealed.content_hash


@pytest.mark.parametrize("name", ["bag-info.txt", "bagit.txt"])
def test_an_altered_tag_file_is_named(sealed: bag.Sealed, name: str) -> None:
    (sealed.folder / name).write_text("BagIt-Version: 0.1\n")
    assert bag.verify(sealed.folder).altered == (name,)


def test_a_manifest_put_right_for_an_altered_file_is_itself_named(sealed: bag.Sealed) -> None:
    cover = sealed.folder / "data" / "00_cover.pdf"
    manifest = sealed.folder / "manifest-sha256.txt"
    before = hashlib.sha256(cover.read_bytes()).hexdigest()
    cover.write_bytes(b"%PDF other")
    manifest.write_text(manifest.read_text().replace(before, hashlib.sha256(cover.read_bytes()).hexdigest()))
    assert bag.verify(sealed.folder).altered == ("manifest-sha256.txt",)


def test_a_missing_tag_manifest_is_named(sealed: bag.Sealed) -> None:
    (sealed.folder / "tagmanifest-sha256.txt").unlink()
    assert bag.verify(sealed.folder).missing == ("tagmanifest-sha256.txt",)


def test_a_byte_changed_inside_the_zip_names_the_file(sealed: bag.Sealed, tmp_path: Path) -> None:
    content = sealed.zip_file.read_bytes().replace(b"%PDF cover", b"%PDF c0ver")
    path = tmp_path / "changed.zip"
    path.write_bytes(content)
    assert bag.verify(path).altered == ("data/00_cover.pdf",)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_any_byte_changed_in_any_file_is_noticed(sealed: bag.Sealed, data: st.DataObject) -> None:
    files = sorted(path for path in sealed.folder.rglob("*") if path.is_file())
    path = data.draw(st.sampled_from(files))
    content = path.read_bytes()
    at = data.draw(st.integers(0, len(content) - 1))
    try:
        path.write_bytes(content[:at] + bytes([content[at] ^ data.draw(st.integers(1, 255))]) + content[at + 1 :])
        with contextlib.suppress(Problem):  # a manifest that names a file outside is refused
            assert not bag.verify(sealed.folder).whole
    finally:
        path.write_bytes(content)


@pytest.mark.parametrize(
    "name", ["../outside.txt", "/outside.txt", "pack/../../outside.txt", "pack\\outside.txt", "c:/outside.txt"]
)
def test_a_zip_with_a_name_that_leads_outside_is_refused(sealed: bag.Sealed, tmp_path: Path, name: str) -> None:
    before = sorted(path for path in tmp_path.rglob("*"))
    path = zipped(tmp_path / "hostile.zip", {**entries_of(sealed), name: b"x"})
    with pytest.raises(Problem, match="leads outside"):
        bag.verify(path)
    path.unlink()
    assert sorted(path for path in tmp_path.rglob("*")) == before


def test_a_zip_that_expands_too_far_is_refused(sealed: bag.Sealed, tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries_of(sealed).items():
            archive.writestr(name, content)
        archive.writestr("pack/data/bomb", bytes(50_000_000))
    with pytest.raises(Problem, match="expands too far"):
        bag.verify(path)


def test_a_zip_with_a_link_is_refused(sealed: bag.Sealed, tmp_path: Path) -> None:
    path = zipped(tmp_path / "link.zip", entries_of(sealed))
    with zipfile.ZipFile(path, "a") as archive:
        entry = zipfile.ZipInfo("pack/data/link")
        entry.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(entry, "/etc/passwd")
    with pytest.raises(Problem, match="link"):
        bag.verify(path)


def test_a_zip_with_a_name_twice_is_refused(sealed: bag.Sealed, tmp_path: Path) -> None:
    path = zipped(tmp_path / "twice.zip", entries_of(sealed))
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("pack/data/00_cover.pdf", b"other")
    with pytest.raises(Problem, match="twice"):
        bag.verify(path)


def test_a_folder_with_a_link_is_refused(sealed: bag.Sealed) -> None:
    cover = sealed.folder / "data" / "00_cover.pdf"
    cover.unlink()
    cover.symlink_to("/etc/hostname")
    with pytest.raises(Problem, match="link"):
        bag.verify(sealed.folder)


@pytest.mark.parametrize("line", ["{hash}  data/../../etc/passwd", "{hash}  /etc/passwd"])
def test_a_manifest_that_names_a_file_outside_is_refused(sealed: bag.Sealed, line: str) -> None:
    manifest = sealed.folder / "manifest-sha256.txt"
    manifest.write_text(manifest.read_text() + line.format(hash="0" * 64) + "\n")
    with pytest.raises(Problem, match="leads outside"):
        bag.verify(sealed.folder)


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x05\x06" + bytes(18)])
def test_what_is_not_a_bag_is_said_to_be_none(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "pack.zip"
    path.write_bytes(content)
    with pytest.raises(Problem, match="not a whole pack"):
        bag.verify(path)


def test_a_folder_with_anything_beside_its_payload_is_not_sealed(tmp_path: Path) -> None:
    folder = payload(tmp_path / "pack")
    (folder / "stray.txt").write_text("x")
    with pytest.raises(Problem, match=r"contains stray\.txt as well as"):
        bag.seal(folder, bagged_on=BAGGED_ON, info=INFO)


def test_an_empty_payload_is_not_sealed(tmp_path: Path) -> None:
    (tmp_path / "pack" / "data").mkdir(parents=True)
    with pytest.raises(Problem, match="empty"):
        bag.seal(tmp_path / "pack", bagged_on=BAGGED_ON, info=INFO)


def test_a_line_end_in_the_bags_information_starts_no_line_of_its_own(tmp_path: Path) -> None:
    sealed = bag.seal(payload(tmp_path / "pack"), bagged_on=BAGGED_ON, info={"Contact-Name": "A\nPayload-Oxum: 0.0"})
    assert bagit.Bag(str(sealed.folder)).info["Contact-Name"] == "A Payload-Oxum: 0.0"
    shutil.rmtree(sealed.folder)
