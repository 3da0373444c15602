"""Make .venv hold exactly what requirements.lock says; `make setup` and `make lock` run this.

It uses the standard library alone, because on a bare machine there is nothing
else yet. uv installs the lock: it is quick, it checks every hash, and it asks
whatever package index pip is set to, so Greenroom installs behind a mirror.
"""

from __future__ import annotations

import argparse
import ast
import fcntl
import hashlib
import os
import re
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
UV = VENV / "bin" / "uv"
LOCK = ROOT / "requirements.lock"
STAMP = VENV / ".greenroom-installed"

# pip's option, and what uv calls it. pip splits lists on spaces; uv wants the separator given.
_AS_UV = {
    "index-url": ("UV_DEFAULT_INDEX", " "),
    "extra-index-url": ("UV_INDEX", " "),
    "find-links": ("UV_FIND_LINKS", ","),
    "trusted-host": ("UV_INSECURE_HOST", " "),
    "cert": ("SSL_CERT_FILE", " "),
    "client-cert": ("SSL_CLIENT_CERT", " "),
    "default-timeout": ("UV_HTTP_TIMEOUT", " "),
    "timeout": ("UV_HTTP_TIMEOUT", " "),
    "proxy": ("ALL_PROXY", " "),
}
_SECTIONS = ("global", "install", ":env:")  # the later overrides the earlier, as in pip


def say(text: str) -> None:
    print(f"greenroom set-up: {text}", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("install", "current", "lock"))
    parser.add_argument("--upgrade", action="store_true", help="lock: take newer versions")
    asked = parser.parse_args()
    try:
        if asked.what == "lock":
            lock(upgrade=asked.upgrade)
        elif asked.what == "current":
            return 0 if _current() else 1
        else:
            install()
    except subprocess.CalledProcessError as error:
        say(f"`{' '.join(map(str, error.cmd[:4]))} …` failed, with the reason above.")
        say("Put that right and run the same command again: it goes on where it stopped.")
        return 1
    return 0


def install() -> None:
    """Bring .venv to the lock. At once if it is there already; safe to interrupt and repeat."""
    if _current():
        return
    with LOCK.open("rb") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)  # two `make`s at once: the second waits, then is done
        if _current():
            return
        began = time.monotonic()
        STAMP.unlink(missing_ok=True)  # half done is not done, whatever the lock says next
        _make_venv()
        _install_uv()
        environment, options = uv_settings(_pip_config(), os.environ)
        count = len(re.findall(r"^[A-Za-z0-9]\S*==", LOCK.read_text(), re.MULTILINE))
        say(f"the lock's {count} packages")
        _uv(["pip", "sync", "--require-hashes", *options, str(LOCK)], environment)
        say("Greenroom itself")
        own = ["--no-deps", "--no-build-isolation", "--quiet", "--editable", str(ROOT)]
        _uv(["pip", "install", *options, *own], environment)
        STAMP.write_text(_digest() + "\n")
        say(f"the environment is ready, in {time.monotonic() - began:.0f} s")


def lock(*, upgrade: bool) -> None:
    """Write requirements.lock: versions and hashes for every platform, and no addresses.

    Only the main index is asked: extra ones may hold a platform's files alone.
    """
    config = {k: v for k, v in _pip_config().items() if k not in ("extra-index-url", "find-links")}
    environment, options = uv_settings(config, os.environ)
    form = ["--universal", "--generate-hashes", "--python-version", "3.11", "--no-emit-index-url"]
    form += ["--custom-compile-command", "make lock", "--quiet", *(["--upgrade"] * upgrade)]
    _uv(["pip", "compile", *form, *options, "requirements.in", "-o", LOCK.name], environment)
    addresses = re.findall(r"\b(?:https?|file)://\S+", LOCK.read_text())
    if addresses:
        sys.exit(f"requirements.lock holds addresses, and must not: {', '.join(addresses[:3])}")
    say("requirements.lock is written; `make setup` installs it")


def pip_config(listing: str) -> dict[str, str]:
    """Read what `pip config list` prints into one value an option, the strongest section's."""
    found: dict[str, dict[str, str]] = {section: {} for section in _SECTIONS}
    for line in listing.splitlines():
        match = re.match(r"([^.=]+)\.([^=]+)=(.*)$", line)
        if match and match[1] in found:
            try:
                found[match[1]][match[2]] = str(ast.literal_eval(match[3]))
            except (SyntaxError, ValueError):
                found[match[1]][match[2]] = match[3]
    return {option: value for section in _SECTIONS for option, value in found[section].items()}


def uv_settings(
    config: Mapping[str, str], environ: Mapping[str, str]
) -> tuple[dict[str, str], list[str]]:
    """Return the environment and options that make uv look where pip would.

    What the person set for uv itself stays as it is.
    """
    environment = dict(environ)
    environment.setdefault("UV_INDEX_STRATEGY", "unsafe-best-match")  # as pip: all indexes count
    if ssl.get_default_verify_paths().cafile:  # as pip: the system's certificates, if it has any
        environment.setdefault("UV_SYSTEM_CERTS", "true")
    for option, (variable, separator) in _AS_UV.items():
        if option in config:
            environment.setdefault(variable, separator.join(config[option].split()))
    no_index = config.get("no-index", "").lower() in ("1", "true", "yes", "on")
    return environment, ["--no-index"] * no_index


def _pip_config() -> dict[str, str]:
    listing = [str(PYTHON), "-m", "pip", "config", "list"]
    return pip_config(subprocess.run(listing, check=True, capture_output=True, text=True).stdout)


def _digest() -> str:
    """Return what decides the environment's content, as one hash."""
    total = hashlib.sha256(str(ROOT).encode())
    for file in (LOCK, ROOT / "pyproject.toml", Path(__file__)):
        total.update(file.read_bytes())
    return total.hexdigest()


def _current() -> bool:
    if not (PYTHON.exists() and STAMP.exists()):
        return False
    return STAMP.read_text().strip() == _digest()


def _make_venv() -> None:
    version = ".".join(map(str, sys.version_info[:3]))
    made_for = VENV / "pyvenv.cfg"  # a moved .venv looks whole, but its scripts point elsewhere
    here = made_for.exists() and str(VENV) in made_for.read_text()
    if here and _answers(PYTHON, "-m", "pip", "--version"):
        return
    say(f"Python {version} -> .venv")
    made = subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], check=False)
    if made.returncode != 0:
        sys.exit(
            f"Python {version} could not make .venv. On Debian and Ubuntu its venv module is a\n"
            "package of its own: apt-get install python3-venv. Then run the same command again."
        )


def _install_uv() -> None:
    """Install the lock's uv with pip, hash-checked like everything else."""
    block = re.search(r"(?ms)^uv==(\S+).*?(?=^[A-Za-z0-9]|\Z)", LOCK.read_text())
    if not block:
        sys.exit("requirements.lock names no uv; `git checkout requirements.lock` restores it.")
    if _answers(UV, "--version").split()[1:2] == [block[1]]:
        return
    say(f"uv {block[1]}")
    with tempfile.TemporaryDirectory() as folder:
        wanted = Path(folder) / "uv.txt"
        wanted.write_text(block[0])
        options = ["-qq", "--disable-pip-version-check", "--no-deps", "--require-hashes"]
        command = [str(PYTHON), "-m", "pip", "install", *options, "-r", str(wanted)]
        subprocess.run(command, check=True)


def _answers(*command: str | Path) -> str:
    """Return what a command prints, or nothing if it can't be run or fails."""
    try:
        ran = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return ran.stdout if ran.returncode == 0 else ""


def _uv(arguments: Sequence[str], environment: Mapping[str, str]) -> None:
    if arguments[1] != "compile":
        arguments = [*arguments[:2], "--python", str(PYTHON), *arguments[2:]]
    subprocess.run([str(UV), *arguments], check=True, env=dict(environment), cwd=ROOT)


if __name__ == "__main__":
    sys.exit(main())
