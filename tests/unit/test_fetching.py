"""Fetching models, from sources made here: no network and no models are needed."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import signal
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from bot.backends import fetching
from bot.backends.catalog import Artefact, Catalog, ModelFile, Part
from bot.backends.fetching import fetch
from bot.backends.sources import HttpWeb, SourceFailed, Unreachable
from bot.errors import ArtefactCorrupt, FixSetup, TryAgain
from bot.settings import Settings

PIECES = (b"first" * 1000, b"second" * 1000, b"third" * 1000)
WHOLE = b"".join(PIECES)
ADDRESS = "org/toy/resolve/main/toy.gguf"


def sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def part(wheel: str, member: str, content: bytes) -> Part:
    return Part(wheel=wheel, member=member, size=len(content), sha256=sha(content))


def toy(url: str | None = None, *, parts: bool = True) -> Artefact:
    pieces = [part(f"toy-{i}==1.0", f"toy_{i}/data.bin", b) for i, b in enumerate(PIECES)]
    file = ModelFile(
        name="toy.gguf", size=len(WHOLE), sha256=sha(WHOLE), url=url, parts=pieces if parts else ()
    )
    return artefact("toy", [file])


def artefact(name: str, files: list[ModelFile]) -> Artefact:
    return Artefact(
        name=name, title="A toy", role="chat", groups=("default",), licence="MIT", file=files
    )


def toy_members() -> dict[str, dict[str, bytes]]:
    return {f"toy-{i}==1.0": {f"toy_{i}/data.bin": b} for i, b in enumerate(PIECES)}


@dataclass
class Shelf:
    """An index that makes each wheel when asked; `before` runs first and may raise."""

    members: dict[str, dict[str, bytes]] = field(default_factory=toy_members)
    before: Callable[[str], None] = lambda wheel: None
    asked: list[str] = field(default_factory=list)

    def wheel(self, requirement: str, folder: Path, tick: Callable[[int], None]) -> Path:
        self.asked.append(requirement)
        self.before(requirement)
        if requirement not in self.members:
            raise SourceFailed(f"the package index has no {requirement}")
        folder.mkdir(parents=True)
        place = folder / "made.whl"
        with zipfile.ZipFile(place, "w") as archive:
            for name, content in self.members[requirement].items():
                archive.writestr(name, content)
        tick(place.stat().st_size)
        return place


@dataclass
class Heard:
    """Keeps what a watcher hears."""

    notes: list[str] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)

    def begin(self, name: str, size: int, done: int) -> None:
        self.counts.append(done)

    def at(self, done: int) -> None:
        self.counts.append(done)

    def end(self) -> None:
        return

    def note(self, text: str) -> None:
        self.notes.append(text)


def web(reply: Callable[[httpx.Request], httpx.Response]) -> HttpWeb:
    return HttpWeb("https://hub.example", transport=httpx.MockTransport(reply))


def answer(content: bytes, status: int = 200) -> httpx.Response:
    return httpx.Response(status, stream=httpx.ByteStream(content))


def no_web() -> HttpWeb:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("[Errno -2] Name or service not known", request=request)

    return web(refuse)


class Breaks(httpx.SyncByteStream):
    """A reply's body that breaks off."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def __iter__(self) -> Iterator[bytes]:
        yield self._content
        raise httpx.ReadError("connection reset")


@pytest.fixture
def models(tmp_path: Path) -> Path:
    return tmp_path / "models"


def run(
    models: Path,
    wanted: Artefact,
    *,
    shelf: Shelf | None = None,
    source: HttpWeb | None = None,
    heard: Heard | None = None,
) -> Heard:
    heard = heard or Heard()
    fetch([wanted], models, heard, web=source or no_web(), index=shelf or Shelf())
    return heard


def left_over(models: Path) -> list[str]:
    return sorted(
        str(p.relative_to(models))
        for p in models.rglob("*")
        if p.is_file() and p.name != ".lock" and not p.name.endswith(".verified")
    )


def test_parts_of_wheels_are_joined_and_verified(models: Path, tmp_path: Path) -> None:
    shelf = Shelf()
    heard = run(models, toy(), shelf=shelf)
    place = Catalog([toy()]).path("toy", Settings(data_dir=tmp_path))
    assert place.read_bytes() == WHOLE
    assert shelf.asked == ["toy-0==1.0", "toy-1==1.0", "toy-2==1.0"]
    assert left_over(models) == ["toy/toy.gguf"]
    assert heard.counts == sorted(heard.counts)
    assert heard.counts[-1] == len(WHOLE)


def test_what_is_here_is_not_fetched_again(models: Path) -> None:
    run(models, toy())
    shelf = Shelf()
    run(models, toy(ADDRESS), shelf=shelf)
    assert shelf.asked == []


def test_the_hub_comes_first(models: Path) -> None:
    shelf = Shelf()
    asked = []

    def reply(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return answer(WHOLE)

    run(models, toy(ADDRESS), shelf=shelf, source=web(reply))
    assert asked == [f"https://hub.example/{ADDRESS}"]
    assert shelf.asked == []
    assert (models / "toy/toy.gguf").read_bytes() == WHOLE


def test_a_connection_that_breaks_is_resumed_where_it_broke(models: Path) -> None:
    ranges = []

    def reply(request: httpx.Request) -> httpx.Response:
        ranges.append(request.headers.get("range"))
        if len(ranges) == 1:
            return httpx.Response(200, stream=Breaks(WHOLE[:7000]))
        start = int(ranges[-1].removeprefix("bytes=").removesuffix("-"))
        return answer(WHOLE[start:], 206)

    shelf = Shelf()
    run(models, toy(ADDRESS), shelf=shelf, source=web(reply))
    assert ranges == [None, "bytes=7000-"]
    assert shelf.asked == []
    assert (models / "toy/toy.gguf").read_bytes() == WHOLE


def test_a_server_that_will_not_resume_starts_the_file_over(models: Path) -> None:
    partial = models / "toy/.toy.gguf.partial"
    partial.parent.mkdir(parents=True)
    partial.write_bytes(WHOLE[:7000])
    run(models, toy(ADDRESS), source=web(lambda request: answer(WHOLE)))
    assert (models / "toy/toy.gguf").read_bytes() == WHOLE


def test_an_unreachable_hub_is_said_once_and_the_wheels_are_used(models: Path) -> None:
    members = {"pair==1": {"pair/a": b"a" * 10, "pair/b": b"b" * 10}}
    files = [
        ModelFile(
            name=n,
            size=10,
            sha256=sha(n.encode() * 10),
            url=f"org/pair/{n}",
            parts=(part("pair==1", f"pair/{n}", n.encode() * 10),),
        )
        for n in ("a", "b")
    ]
    shelf = Shelf(members)
    heard = run(models, artefact("pair", files), shelf=shelf)
    assert len(heard.notes) == 1
    assert "hub.example can't be reached" in heard.notes[0]
    assert shelf.asked == ["pair==1"], "one wheel holds both files"
    assert left_over(models) == ["pair/a", "pair/b"]


@pytest.mark.parametrize("status", [403, 404, 429, 503])
def test_a_hub_that_refuses_is_left_for_the_wheels(models: Path, status: int) -> None:
    heard = run(models, toy(ADDRESS), source=web(lambda request: httpx.Response(status)))
    assert f"hub.example answered {status}" in heard.notes[0]
    assert (models / "toy/toy.gguf").read_bytes() == WHOLE


def test_a_sign_in_page_in_the_hubs_place_is_not_taken_for_the_file(models: Path) -> None:
    page = httpx.Response(200, html="<p>Sign in to the network</p>")
    heard = run(models, toy(ADDRESS), source=web(lambda request: page))
    assert "answered with a web page" in heard.notes[0]
    assert (models / "toy/toy.gguf").read_bytes() == WHOLE


@pytest.mark.parametrize("served", [b"x" * len(WHOLE), b"x" * (len(WHOLE) + 1), b"<html>sign in"])
def test_wrong_bytes_from_the_hub_are_refused(models: Path, served: bytes) -> None:
    run(models, toy(ADDRESS), source=web(lambda request: answer(served)))
    assert (models / "toy/toy.gguf").read_bytes() == WHOLE


def test_an_interrupted_fetch_goes_on_at_the_part_it_had_reached(models: Path) -> None:
    def interrupt(wheel: str) -> None:
        if wheel == "toy-2==1.0":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(models, toy(), shelf=Shelf(before=interrupt))
    assert left_over(models) == ["toy/.toy.gguf.partial"]
    again = Shelf()
    run(models, toy(), shelf=again)
    assert again.asked == ["toy-2==1.0"]
    assert left_over(models) == ["toy/toy.gguf"]


def test_kill_9_in_the_middle_loses_no_whole_part(models: Path) -> None:
    child = os.fork()
    if child == 0:

        def hang(wheel: str) -> None:
            if wheel == "toy-2==1.0":
                time.sleep(60)

        run(models, toy(), shelf=Shelf(before=hang))
        os._exit(0)
    partial = models / "toy/.toy.gguf.partial"
    arrived = sum(map(len, PIECES[:2]))
    deadline = time.monotonic() + 20
    while not (partial.exists() and partial.stat().st_size >= arrived):
        assert time.monotonic() < deadline, "the child never got to its third part"
        time.sleep(0.01)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    again = Shelf()
    run(models, toy(), shelf=again)
    assert again.asked == ["toy-2==1.0"]
    assert (models / "toy/toy.gguf").read_bytes() == WHOLE


def test_a_damaged_part_of_an_interrupted_fetch_is_fetched_again(models: Path) -> None:
    partial = models / "toy/.toy.gguf.partial"
    partial.parent.mkdir(parents=True)
    partial.write_bytes(PIECES[0] + b"S" + PIECES[1][1:] + PIECES[2][:100])
    shelf = Shelf()
    run(models, toy(), shelf=shelf)
    assert shelf.asked == ["toy-1==1.0", "toy-2==1.0"]
    assert (models / "toy/toy.gguf").read_bytes() == WHOLE


def test_a_part_with_the_wrong_hash_is_refused_by_name(models: Path) -> None:
    members = toy_members()
    members["toy-1==1.0"] = {"toy_1/data.bin": b"S" + PIECES[1][1:]}
    with pytest.raises(ArtefactCorrupt, match=r"toy\.gguf.*toy_1/data\.bin of toy-1==1\.0"):
        run(models, toy(), shelf=Shelf(members))
    partial = models / "toy/.toy.gguf.partial"
    assert partial.read_bytes() == PIECES[0], "what was right is kept, what was wrong is not"
    assert not (models / "toy/toy.gguf").exists()


def test_right_parts_that_do_not_make_the_file_are_refused(models: Path) -> None:
    right = toy().files[0]
    wrong = right.model_copy(update={"sha256": sha(b"another file")})
    with pytest.raises(ArtefactCorrupt, match=r"toy\.gguf has the wrong hash"):
        run(models, artefact("toy", [wrong]))
    assert left_over(models) == []


def test_a_wheel_that_is_no_wheel_is_named(models: Path) -> None:
    class Torn(Shelf):
        def wheel(self, requirement: str, folder: Path, tick: Callable[[int], None]) -> Path:
            place = super().wheel(requirement, folder, tick)
            place.write_bytes(place.read_bytes()[:50])
            return place

    with pytest.raises(TryAgain, match=r"toy-0==1\.0 is not the wheel expected"):
        run(models, toy(), shelf=Torn())


def test_a_corrupt_file_is_deleted_named_and_replaced(models: Path) -> None:
    run(models, toy())
    place = models / "toy/toy.gguf"
    place.write_bytes(b"X" + WHOLE[1:])
    os.utime(place, ns=(0, 0))
    heard = run(models, toy())
    assert any(str(place) in n and "wrong hash" in n for n in heard.notes)
    assert place.read_bytes() == WHOLE


def test_no_source_at_all_says_what_was_tried_and_what_is_kept(models: Path) -> None:
    def unreachable(wheel: str) -> None:
        raise Unreachable("the package index can't be reached (NewConnectionError)")

    with pytest.raises(TryAgain) as raised:
        run(models, toy(ADDRESS), shelf=Shelf(before=unreachable))
    assert "hub.example can't be reached" in raised.value.message
    assert "package index can't be reached" in raised.value.message
    assert "greenroom models fetch toy" in raised.value.remedy


def test_a_disk_that_fills_up_is_called_that(models: Path) -> None:
    def full(wheel: str) -> None:
        if wheel == "toy-1==1.0":
            raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(FixSetup, match="is full") as raised:
        run(models, toy(), shelf=Shelf(before=full))
    assert "GREENROOM_MODELS_DIR" in raised.value.remedy
    again = Shelf()
    run(models, toy(), shelf=again)
    assert again.asked == ["toy-1==1.0", "toy-2==1.0"]


def test_too_little_room_is_found_before_the_first_byte(
    models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The disk's real size is not ours to change.
    little = shutil.disk_usage("/")._replace(free=10_000)
    monkeypatch.setattr(fetching.shutil, "disk_usage", lambda place: little)
    shelf = Shelf()
    with pytest.raises(FixSetup, match="GB free"):
        run(models, toy(), shelf=shelf)
    assert shelf.asked == []


def test_a_models_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    place = tmp_path / "models"
    place.write_text("not a folder")
    with pytest.raises(FixSetup, match=str(place)):
        run(place, toy())


def test_two_fetches_at_once_fetch_each_part_once(models: Path) -> None:
    started, may_go = threading.Event(), threading.Event()

    def wait(wheel: str) -> None:
        started.set()
        assert may_go.wait(20)

    shelf = Shelf(before=wait)
    second = Heard()
    threads = [
        threading.Thread(target=run, args=(models, toy()), kwargs={"shelf": shelf, "heard": h})
        for h in (Heard(), second)
    ]
    threads[0].start()
    assert started.wait(20)
    threads[1].start()
    deadline = time.monotonic() + 20
    while not second.notes and time.monotonic() < deadline:
        time.sleep(0.01)
    may_go.set()
    for thread in threads:
        thread.join(20)
    assert "waiting" in second.notes[0]
    assert shelf.asked == ["toy-0==1.0", "toy-1==1.0", "toy-2==1.0"]
    assert (models / "toy/toy.gguf").read_bytes() == WHOLE
