from __future__ import annotations

import pytest

from bot import settings
from bot.backends.catalog import Catalog
from bot.backends.encoder import Encoder
from rubrics.loader import Library, load_library


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    """The shipped sentence encoder, which `make setup` brings: it loads in half a second."""
    return Encoder(Catalog.load().path("all-minilm-l6-v2", settings.load()))


@pytest.fixture(scope="session")
def library() -> Library:
    """The shipped packs."""
    return load_library()
