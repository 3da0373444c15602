"""Making any text fit for a database, one character for one, so that offsets into it hold."""

from __future__ import annotations

import math
import re
from typing import Any

# Half of a surrogate pair is no character, and has no UTF-8 form.
_HALVES = re.compile("[\ud800-\udfff]")
_UNKNOWN = "\N{REPLACEMENT CHARACTER}"


def clean_text(text: str, *, keep_nul: bool) -> str:
    """Return the text with lone surrogates replaced, and NUL too unless it can be kept.

    SQLite keeps NUL; PostgreSQL can't.
    """
    text = _HALVES.sub(_UNKNOWN, text)
    return text if keep_nul else text.replace("\0", _UNKNOWN)


def clean_document(value: Any) -> Any:
    """Return a document as JSON will give it back: lists for tuples, None for NaN, clean text.

    Raises TypeError for what JSON has no form for.
    """
    if isinstance(value, str):
        return _HALVES.sub(_UNKNOWN, value)
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {clean_document(str(name)): clean_document(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [clean_document(part) for part in value]
    raise TypeError(f"a {type(value).__name__} can't be stored in a JSON document")
