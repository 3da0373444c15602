"""Read a pack's YAML with the line of every key, refusing what a pack never needs.

Aliases are refused: a pack is prose, and they are how a small file becomes a
huge one ("billion laughs") or a document that contains itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

MAX_BYTES = 1_000_000
MAX_DEPTH = 32
Key = tuple[str | int, ...]

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Problem:
    """One thing wrong with a pack: where it stands and what to do about it."""

    file: Path
    line: int
    key: str
    message: str

    def __str__(self) -> str:
        where = f" {self.key}:" if self.key else ""
        return f"{self.file}:{self.line}:{where} {self.message}"


class PackError(Exception):
    """A pack that can't be used; `problems` names each file, line and key."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("\n".join(str(p) for p in problems))


@dataclass(frozen=True)
class Document:
    """A parsed YAML file: its data, and the line on which each key path begins."""

    file: Path
    data: Any
    lines: dict[Key, int]

    def line_of(self, key: Key) -> int:
        """Return the line of a key path, or of its nearest ancestor that has one."""
        while key and key not in self.lines:
            key = key[:-1]
        return self.lines.get(key, 1)

    def problem(self, key: Key, message: str) -> Problem:
        """Return a `Problem` at a key path, such as ``("questions", 0, "prompt")``."""
        return Problem(self.file, self.line_of(key), dotted(key), message)


def dotted(key: Key) -> str:
    """Return a key path as people write it: ``questions[0].prompt``."""
    text = ""
    for part in key:
        text += f"[{part}]" if isinstance(part, int) else f".{part}"
    return text.lstrip(".")


def read(file: Path) -> Document:
    """Parse one YAML file. Raises PackError if it is unreadable, too large, or not YAML."""
    try:
        size = file.stat().st_size
        if size > MAX_BYTES:
            raise PackError(
                [Problem(file, 1, "", f"is {size:,} bytes; a pack file may have {MAX_BYTES:,}")]
            )
        text = file.read_text(encoding="utf-8")
    except OSError as error:
        raise PackError([Problem(file, 1, "", f"can't be read: {error.strerror}")]) from error
    except UnicodeDecodeError as error:
        raise PackError([Problem(file, 1, "", "is not UTF-8 text")]) from error
    try:
        _refuse_excess(file, text)
        loader = _Loader(text)
        node = loader.get_single_node()
        lines: dict[Key, int] = {}
        data = _build(file, loader, node, (), lines) if node is not None else None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise PackError([Problem(file, line, "", f"is not valid YAML: {error.problem}")]) from error
    except yaml.YAMLError as error:
        raise PackError([Problem(file, 1, "", f"is not valid YAML: {error}")]) from error
    return Document(file, data, lines)


def _refuse_excess(file: Path, text: str) -> None:
    """Refuse aliases and deep nesting event by event, before anything is built of them.

    libyaml builds nested nodes by recursion in C, where too deep a file is not
    an exception but the end of the process.
    """
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.AliasEvent):
            message = f"uses the alias *{event.anchor}; write the text out instead"
            raise PackError([Problem(file, line, "", message)])
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise PackError([Problem(file, line, "", "is nested too deeply")])


def _build(file: Path, loader: Any, node: yaml.Node, key: Key, lines: dict[Key, int]) -> Any:
    lines[key] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        mapping: dict[str, Any] = {}
        for key_node, value_node in node.value:
            name = str(loader.construct_object(key_node, deep=True))
            here = (*key, name)
            if name in mapping:
                line = key_node.start_mark.line + 1
                raise PackError([Problem(file, line, dotted(here), "appears twice")])
            mapping[name] = _build(file, loader, value_node, here, lines)
            lines[here] = key_node.start_mark.line + 1
        return mapping
    if isinstance(node, yaml.SequenceNode):
        return [
            _build(file, loader, item, (*key, index), lines)
            for index, item in enumerate(node.value)
        ]
    try:
        return loader.construct_object(node, deep=True)
    except ValueError as error:  # a date of the 45th, a number with 5000 digits
        raise PackError([Problem(file, lines[key], dotted(key), f"{error}")]) from error
