"""The catalogue: what it names, and that nothing unverified gets out of it."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from bot.backends.catalog import Artefact, Catalog, ModelFile, home
from bot.errors import ArtefactCorrupt, ArtefactMissing, NotFound
from bot.settings import Settings

WORDS = b"these are the weights"


def artefact(name: str, contents: dict[str, bytes]) -> Artefact:
    files = [
        ModelFile(name=n, size=len(b), sha256=hashlib.sha256(b).hexdigest())
        for n, b in contents.items()
    ]
    return Artefact(
        name=name, title="A toy", role="chat", groups=("default",), licence="MIT", file=files
    )


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path)


@pytest.fixture
def toy() -> Catalog:
    return Catalog([artefact("toy", {"toy.gguf": WORDS})])


def put(catalog: Catalog, settings: Settings, content: bytes, name: str = "toy") -> Path:
    found = catalog.artefact(name)
    place = home(found, found.files[0], settings.artefacts)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content)
    return place


def test_the_shipped_catalogue_adds_up() -> None:
    catalog = Catalog.load()
    assert [a.name for a in catalog.artefacts] == [
        "qwen2.5-coder-1.5b",
        "all-minilm-l6-v2",
        "qwen2.5-coder-0.5b",
        "whisper-base",
        "whisper-tiny.en",
        "cpython-wasi",
    ]
    for file in (f for a in catalog.artefacts for f in a.files):
        assert sum(p.size for p in file.parts) == file.size, file.name
        assert all(len(h) == 64 for h in (file.sha256, *(p.sha256 for p in file.parts)))
        if len(file.parts) == 1:
            assert file.parts[0].sha256 == file.sha256, file.name


def test_hub_addresses_are_pinned_to_a_revision() -> None:
    for file in (f for a in Catalog.load().artefacts for f in a.files):
        assert file.url is not None
        if "://" not in file.url:
            revision = file.url.split("/resolve/")[1].split("/")[0]
            assert len(revision) == 40, file.url


def test_needed_is_the_default_set_and_the_model_that_is_set() -> None:
    catalog = Catalog.load()
    assert [a.name for a in catalog.needed(Settings())] == [
        "qwen2.5-coder-1.5b",
        "all-minilm-l6-v2",
    ]
    small = Settings(model="qwen2.5-coder-0.5b")
    assert "qwen2.5-coder-0.5b" in [a.name for a in catalog.needed(small)]


def test_an_artefact_of_one_file_is_a_file(toy: Catalog, settings: Settings) -> None:
    place = put(toy, settings, WORDS)
    assert toy.path("toy", settings) == place


def test_an_artefact_of_several_files_is_a_folder(settings: Settings) -> None:
    catalog = Catalog([artefact("pair", {"model.bin": WORDS, "config.json": b"{}"})])
    put(catalog, settings, WORDS, "pair")
    (settings.artefacts / "pair" / "config.json").write_bytes(b"{}")
    assert catalog.path("pair", settings) == settings.artefacts / "pair"


def test_one_missing_file_of_several_is_named(settings: Settings) -> None:
    catalog = Catalog([artefact("pair", {"model.bin": WORDS, "config.json": b"{}"})])
    put(catalog, settings, WORDS, "pair")
    with pytest.raises(ArtefactMissing, match=r"config\.json") as raised:
        catalog.path("pair", settings)
    assert "greenroom models fetch pair" in raised.value.remedy


@pytest.mark.parametrize("content", [b"these are the WEIGHTS", b"short", b""])
def test_a_wrong_file_is_named_and_never_given_out(
    toy: Catalog, settings: Settings, content: bytes
) -> None:
    place = put(toy, settings, content)
    with pytest.raises(ArtefactCorrupt) as raised:
        toy.path("toy", settings)
    assert str(place) in raised.value.message
    assert "greenroom models fetch toy" in raised.value.remedy


def test_a_verified_file_is_not_hashed_again(toy: Catalog, settings: Settings) -> None:
    place = put(toy, settings, WORDS)
    toy.path("toy", settings)
    status = place.stat()
    place.write_bytes(b"these are the WEIGHTS")
    os.utime(place, ns=(status.st_atime_ns, status.st_mtime_ns))
    # Same size, same time: only hashing could tell, and that is what the stamp saves.
    assert toy.path("toy", settings) == place


def test_a_file_that_changed_is_hashed_again(toy: Catalog, settings: Settings) -> None:
    place = put(toy, settings, WORDS)
    toy.path("toy", settings)
    place.write_bytes(b"these are the WEIGHTS")
    os.utime(place, ns=(0, 0))
    with pytest.raises(ArtefactCorrupt):
        toy.path("toy", settings)


def test_a_broken_stamp_counts_for_nothing(toy: Catalog, settings: Settings) -> None:
    place = put(toy, settings, b"these are the WEIGHTS")
    place.with_name(f".{place.name}.verified").write_text('{"size": 21', encoding="utf-8")
    with pytest.raises(ArtefactCorrupt):
        toy.path("toy", settings)


def test_where_no_stamp_can_be_written_the_file_is_still_good(
    toy: Catalog, settings: Settings
) -> None:
    place = put(toy, settings, WORDS)
    place.with_name(f".{place.name}.verified").mkdir()
    assert toy.path("toy", settings) == place


def test_a_file_of_ones_own_in_the_models_folder_is_used(toy: Catalog, settings: Settings) -> None:
    settings.artefacts.mkdir(parents=True)
    own = settings.artefacts / "toy.gguf"
    own.write_bytes(WORDS)
    assert toy.path("toy", settings) == own


def test_a_wrong_file_of_ones_own_is_passed_over(toy: Catalog, settings: Settings) -> None:
    settings.artefacts.mkdir(parents=True)
    (settings.artefacts / "toy.gguf").write_bytes(b"somebody else's toy..")
    with pytest.raises(ArtefactMissing):
        toy.path("toy", settings)


def test_an_unknown_name_brings_the_near_ones() -> None:
    with pytest.raises(NotFound) as raised:
        Catalog.load().artefact("whisper")
    assert "whisper-base" in raised.value.remedy
    assert raised.value.exit_status == 2
