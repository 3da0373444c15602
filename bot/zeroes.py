"""Where each criterion's zero lies for a given small model: see bench/zero_judge.py."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("zeroes.json")


def zero_key(prompt_digest: str, strong: str) -> str:
    """Return the key of a criterion: it changes with the prompt and with `strong`.

    A new wording of the outline alone keeps the old zero; measure it with ``--fresh``.
    """
    return hashlib.sha256(f"{prompt_digest}\n{strong}".encode()).hexdigest()[:12]


@cache
def zeroes(model_digest: str) -> Mapping[str, float]:
    """Return the log-odds that each criterion's own strong wording gets from a model."""
    known: dict[str, dict[str, float]] = json.loads(FILE.read_text(encoding="utf-8"))
    return known.get(model_digest, {})
