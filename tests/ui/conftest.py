from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from bot import settings
from bot.backends.catalog import Catalog
from bot.backends.encoder import Encoder
from bot.backends.scripted import Call
from rubrics.loader import Library, load_library
from tests.ui.pages import Desk
from tests.ui.pages import desk as build
from ui import wiring


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    """The shipped sentence encoder, which `make setup` brings."""
    return Encoder(Catalog.load().path(wiring.ENCODER, settings.load()))


@pytest.fixture(scope="session")
def library() -> Library:
    """The shipped packs."""
    return load_library()


SetDesk = Callable[..., Desk]


@pytest.fixture
def set_desk(
    tmp_path: Path, encoder: Encoder, library: Library, monkeypatch: pytest.MonkeyPatch
) -> SetDesk:
    """Build a desk, and let the pages find it where they find the real one."""

    def build_desk(script: Iterable[Call] = (), otherwise: dict[str, float] | None = None) -> Desk:
        built = build(tmp_path, encoder, library, script, otherwise)
        # The pages ask the wiring, which would open the owner's own database and model.
        monkeypatch.setattr(wiring, "interviews", lambda: built.interviews)
        return built

    return build_desk


@pytest.fixture
def desk(set_desk: SetDesk) -> Desk:
    """A desk whose model finds everything met."""
    return set_desk()
