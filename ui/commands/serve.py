"""`greenroom ui`: the pages, served from this process."""

from __future__ import annotations

import os
import socket
import sys
import threading
import time
import tomllib
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from bot.errors import FixSetup
from ui import console

if TYPE_CHECKING:
    from bot.settings import Settings

_SCRIPT = Path(__file__).parents[1] / "app.py"
_CONFIG = Path(__file__).parents[2] / ".streamlit" / "config.toml"
_WILDCARDS = ("0.0.0.0", "::")
_SLOWEST_START = 60.0


def mount(app: typer.Typer) -> None:
    """Add `greenroom ui`."""
    app.command("ui")(_ui)


def _ui() -> None:
    """Open Greenroom in the browser."""
    from bot import settings

    chosen = settings.load()
    address = address_of(chosen)
    require_free(chosen, address)
    options = streamlit_options(chosen)
    console.line(f"Greenroom is at {address} (Ctrl-C stops it)")
    if has_display():
        threading.Thread(target=_open_browser, args=(chosen, address), daemon=True).start()
    from streamlit.web import bootstrap

    bootstrap.load_config_options(options)
    bootstrap.run(str(_SCRIPT), is_hello=False, args=[], flag_options=options)


def address_of(chosen: Settings) -> str:
    """Return the page's address as a browser on this machine takes it."""
    host = "localhost" if chosen.host in _WILDCARDS else chosen.host
    return f"http://[{host}]:{chosen.port}" if ":" in host else f"http://{host}:{chosen.port}"


def require_free(chosen: Settings, address: str) -> None:
    """Raise FixSetup if the page can't listen where the settings say."""
    family = socket.AF_INET6 if ":" in chosen.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        if os.name == "posix":  # a port that was left a moment ago is free
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((chosen.host, chosen.port))
        except OSError as error:
            raise FixSetup(
                f"The page can't listen on {chosen.host}, port {chosen.port}: "
                f"{(error.strerror or str(error)).lower()}.",
                f"If Greenroom is running already, it is at {address}; otherwise choose another "
                "port: GREENROOM_PORT=8502 greenroom ui",
            ) from error


def streamlit_options(chosen: Settings) -> dict[str, Any]:
    """Return Streamlit's options: those of the project's config.toml, and the settings' over them.

    Handed over as flags, since Streamlit looks for its file in the folder that
    one happens to be in. Headless, so that it neither asks for an e-mail
    address nor opens the browser before the page can be seen.
    """
    options: dict[str, Any] = {}
    if _CONFIG.is_file():
        options = _flat(tomllib.loads(_CONFIG.read_text(encoding="utf-8")))
    return options | {
        "server_address": chosen.host,
        "server_port": chosen.port,
        "server_headless": True,
        "browser_gatherUsageStats": False,
        "logger_hideWelcomeMessage": True,
    }


def has_display() -> bool:
    """Whether a browser could show itself here."""
    if sys.platform in ("darwin", "win32"):
        return "SSH_CONNECTION" not in os.environ
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _flat(table: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in table.items():
        key = f"{prefix}{name}"
        flat |= _flat(value, f"{key}_") if isinstance(value, dict) else {key: value}
    return flat


def _open_browser(chosen: Settings, address: str) -> None:
    """Open the page once it answers."""
    host = "localhost" if chosen.host in _WILDCARDS else chosen.host
    end = time.monotonic() + _SLOWEST_START
    while time.monotonic() < end:
        try:
            socket.create_connection((host, chosen.port), timeout=1).close()
        except OSError:
            time.sleep(0.2)
        else:
            webbrowser.open(address)
            return
