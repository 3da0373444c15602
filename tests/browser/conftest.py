"""A real browser, and a real server on a data folder of its own."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, Playwright, sync_playwright

from bot import settings

ROOT = Path(__file__).resolve().parents[2]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
NONE_FOUND = """\
The browser tests need Chromium, and there is none. Any one of these will do:
  - your system's package: `apt-get install chromium` (Debian, Ubuntu), `dnf install chromium`, ...
  - Playwright's own: `.venv/bin/playwright install chromium`
  - another build: GREENROOM_TEST_CHROMIUM=/path/to/chromium
What was tried: {tried}"""


class Server:
    """The pages, served as `greenroom ui` serves them, for as long as a test wants."""

    def __init__(self, data: Path, models: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self.data = data
        self._log = data / "server.log"
        clean = {k: v for k, v in os.environ.items() if not k.startswith(("OPENAI_", "GREENROOM_"))}
        self._environment = {
            **clean,
            "GREENROOM_DATA_DIR": str(data),
            "GREENROOM_MODELS_DIR": str(models),
            "PYTHONPATH": str(ROOT),
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Serve, and return once the address answers."""
        command = [sys.executable, "-m", "streamlit", "run", str(ROOT / "ui" / "app.py")]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [*command, "--server.port", str(self.port)],
                cwd=ROOT,
                env=self._environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        end = time.monotonic() + 60
        while time.monotonic() < end:
            try:
                with urllib.request.urlopen(f"{self.address}/_stcore/health", timeout=1):
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
        pytest.fail(f"The server did not come up:\n{self.said()}")

    def kill(self) -> None:
        """End it as a power cut would."""
        assert self._process is not None
        self._process.kill()
        self._process.wait(20)

    def said(self) -> str:
        return self._log.read_text(encoding="utf-8", errors="replace")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    found = Server(tmp_path, settings.load().artefacts)
    found.start()
    yield found
    found.kill()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        found = _launch(playwright)
        yield found
        found.close()


Open = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser, server: Server) -> Iterator[Open]:
    """Open a path of the server in a browser of its own; nothing may be asked of another host."""
    contexts: list[BrowserContext] = []
    strangers: list[str] = []

    def stay_home(url: str) -> None:
        if not url.startswith((server.address, "data:", "blob:")):
            strangers.append(url)

    def open_path(path: str = "/", *, width: int = 1400, theme: str = "light") -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if theme == "dark" else "light",
        )
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: stay_home(request.url))
        page.goto(server.address + path)
        return page

    yield open_path
    for context in contexts:
        context.close()
    assert not strangers, f"The pages asked other hosts: {strangers}"


def _launch(playwright: Playwright) -> Browser:
    named = os.environ.get("GREENROOM_TEST_CHROMIUM")
    paths = [named] if named else [found for n in NAMES if (found := shutil.which(n))]
    tried = []
    # No sandbox: as root, which CI is, Chromium won't start with it; only our own pages are loaded.
    for path in [*paths, *([] if named else [None])]:
        try:
            return playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        except Error as error:
            tried.append(f"{path or 'Playwright'}: {error.message.splitlines()[0]}")
    pytest.fail(NONE_FOUND.format(tried="; ".join(tried)), pytrace=False)


__all__ = ["Open", "Server"]
