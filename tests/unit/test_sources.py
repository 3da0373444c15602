"""pip as a source of wheels: the real pip, on folders made here instead of a network."""

from __future__ import annotations

import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from bot.backends.sources import PipIndex, SourceFailed, Unreachable


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that pip takes for its only index."""
    folder = tmp_path / "shop"
    folder.mkdir()
    for name in ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


def make_wheel(shop: Path, name: str, content: bytes, requires: str = "") -> None:
    info = f"{name}-1.0.dist-info"
    with zipfile.ZipFile(shop / f"{name}-1.0-py3-none-any.whl", "w") as archive:
        archive.writestr(f"{name}/data.bin", content)
        lines = f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n"
        archive.writestr(f"{info}/METADATA", lines + (requires and f"Requires-Dist: {requires}\n"))
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")


def test_a_wheel_is_downloaded_and_its_dependencies_are_not(shop: Path, tmp_path: Path) -> None:
    make_wheel(shop, "weights", b"w" * 500_000, requires="nowhere-to-be-found")
    heard: list[int] = []
    place = PipIndex(every=0.01).wheel("weights==1.0", tmp_path / "into", heard.append)
    assert zipfile.ZipFile(place).read("weights/data.bin") == b"w" * 500_000
    assert heard == sorted(heard)


def test_a_version_that_is_not_there_is_said(shop: Path, tmp_path: Path) -> None:
    make_wheel(shop, "weights", b"w")
    with pytest.raises(SourceFailed, match=r"the package index has no weights==2\.0"):
        PipIndex().wheel("weights==2.0", tmp_path / "into", lambda count: None)


def test_a_source_package_is_refused_so_that_no_build_script_runs(
    shop: Path, tmp_path: Path
) -> None:
    ran = tmp_path / "ran"
    script = f"open({str(ran)!r}, 'w')\n".encode()
    with tarfile.open(shop / "weights-1.0.tar.gz", "w:gz") as archive:
        member = tarfile.TarInfo("weights-1.0/setup.py")
        member.size = len(script)
        archive.addfile(member, io.BytesIO(script))
    with pytest.raises(SourceFailed):
        PipIndex().wheel("weights==1.0", tmp_path / "into", lambda count: None)
    assert not ran.exists()


def test_an_index_that_does_not_answer_is_called_that(
    shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")  # the discard port: closed
    with pytest.raises(Unreachable, match="the package index can't be reached"):
        PipIndex().wheel("weights==1.0", tmp_path / "into", lambda count: None)
