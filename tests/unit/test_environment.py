"""How `make setup` finds the package index, and what the lock may hold."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]

LISTING = """\
:env:.cert='/certs/mine.pem'
:env:.index-url='https://env.example/simple'
global.extra-index-url='\\nhttps://one.example/simple\\nhttps://two.example/simple'
global.find-links='/wheels /more'
global.index-url='https://global.example/simple'
global.timeout='90'
freeze.timeout='10'
install.trusted-host='env.example'
"""


@pytest.fixture(scope="module")
def environment() -> ModuleType:
    spec = importlib.util.spec_from_file_location("environment", ROOT / "tools" / "environment.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_pips_strongest_section_wins(environment: ModuleType) -> None:
    config = environment.pip_config(LISTING)
    assert config["index-url"] == "https://env.example/simple"
    assert config["timeout"] == "90"


def test_uv_looks_where_pip_would(environment: ModuleType) -> None:
    found, options = environment.uv_settings(environment.pip_config(LISTING), {"HOME": "/home/me"})
    assert found["UV_DEFAULT_INDEX"] == "https://env.example/simple"
    assert found["UV_INDEX"] == "https://one.example/simple https://two.example/simple"
    assert found["UV_FIND_LINKS"] == "/wheels,/more"
    assert found["SSL_CERT_FILE"] == "/certs/mine.pem"
    assert found["UV_INSECURE_HOST"] == "env.example"
    assert found["UV_HTTP_TIMEOUT"] == "90"
    assert found["UV_INDEX_STRATEGY"] == "unsafe-best-match"
    assert found["HOME"] == "/home/me"
    assert options == []


def test_what_is_set_for_uv_itself_stays(environment: ModuleType) -> None:
    own = {"UV_DEFAULT_INDEX": "https://mine.example", "UV_INDEX_STRATEGY": "first-index"}
    found, _ = environment.uv_settings(environment.pip_config(LISTING), own)
    assert found["UV_DEFAULT_INDEX"] == "https://mine.example"
    assert found["UV_INDEX_STRATEGY"] == "first-index"


def test_no_index_is_an_option(environment: ModuleType) -> None:
    _, options = environment.uv_settings(environment.pip_config(":env:.no-index='1'"), {})
    assert options == ["--no-index"]


def test_the_lock_has_a_hash_for_each_package_and_no_address() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    blocks = re.split(r"(?m)^(?=[A-Za-z0-9])", lock)[1:]
    assert len(blocks) > 50
    assert [b.split("==")[0] for b in blocks if "--hash=sha256:" not in b] == []
    assert re.findall(r"\b(?:https?|file|git)\+?[a-z]*://\S+", lock) == []
    assert "index-url" not in lock


def test_the_lock_holds_all_that_is_asked_for() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    asked = (ROOT / "requirements.in").read_text(encoding="utf-8").splitlines()
    names = [re.split(r"[\[<>=!; ]", a)[0].lower() for a in asked if a and not a.startswith("#")]
    locked = set(re.findall(r"(?m)^([a-z0-9-]+)==", lock))
    assert set(names) <= locked
