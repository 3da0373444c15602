"""A small sound pack, made on the spot, for tests to spoil one thing of."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import yaml

SOURCE = {"kind": "inferred", "note": "Made up for this test.", "date": "2026-11-01"}

_CRITERIA = [
    {
        "id": "small-steps",
        "name": "Works in small steps",
        "strong": "Splits the change into parts that each run on their own.",
        "partial": "Says that the change was big.",
        "weight": 3,
        "terms": ["increment", "slice"],
        "probes": ["How did you get from the first day to the last?"],
        "hint": "Think of the second week.",
        "said": ["I cut it up so each bit could go out alone.", "Every day something shipped."],
        "practise": "Split one old change of yours on paper.",
    },
    {
        "id": "safety-net",
        "name": "Checks before it ships",
        "strong": "Names the cases that would have failed, and how they were caught.",
        "partial": "Says it was checked.",
        "weight": 2,
        "terms": ["unit test", "regression"],
        "probes": ["What let you sleep on the evening before?"],
        "hint": "Ask what could have gone wrong.",
        "said": ["I wrote down what might break first.", "We ran the old cases over it."],
        "practise": "List five ways that your last change could have failed.",
    },
    {
        "id": "told-others",
        "name": "Keeps people informed",
        "strong": "Says who had to know, and when they were told.",
        "partial": "Mentions a colleague.",
        "weight": 1,
        "terms": ["stakeholder", "announce"],
        "probes": ["Who else had a part in this story?"],
        "hint": "Look around the table.",
        "said": ["I wrote to support the day before.", "The two teams that call us knew."],
        "practise": "Write the note that you should have sent.",
    },
]


def question(name: str = "a-change", **changes: Any) -> dict[str, Any]:
    """Return a sound question as plain data."""
    found = {
        "id": name,
        "title": f"About {name.replace('-', ' ')}",
        "kind": "project",
        "level": "mid",
        "minutes": 10,
        "prompt": "Tell me about a big piece of work. What did you do, and how did it end?",
        "vocabulary": ["roll out", "flag", "branch", "review"],
        "facts": [
            {"about": "how recent", "say": "The last two years, please."},
            {"about": "how large", "say": "Some weeks of work, not a day."},
        ],
        "criteria": copy.deepcopy(_CRITERIA),
        "outline": [
            {"criterion": c["id"], "text": f"In my own words: {c['partial']}"} for c in _CRITERIA
        ],
        "source": dict(SOURCE),
    }
    return found | changes


def area(*questions: dict[str, Any], name: str = "craft") -> dict[str, Any]:
    """Return an area's file as plain data."""
    return {
        "area": name,
        "title": "Craft",
        "looks_for": "Care.",
        "questions": list(questions) or [question()],
    }


def track(**changes: Any) -> dict[str, Any]:
    """Return a track of one round as plain data."""
    round_ = {
        "id": "talk",
        "title": "A talk",
        "minutes": 30,
        "interviewer": {"name": "Sam", "role": "engineer"},
        "areas": ["craft"],
        "questions": 1,
        "opening": "I am {name}, {role}. We have {minutes} minutes.",
        "closing": "Thank you.",
        "source": dict(SOURCE),
    }
    return {
        "role": "engineer",
        "title": "Engineer",
        "about": "A short loop.",
        "default_level": "mid",
        "rounds": [round_ | changes],
    }


def company(name: str = "toyco", **changes: Any) -> dict[str, Any]:
    """Return a company as plain data."""
    found = {"schema_version": 1, "id": name, "name": "Toyco", "version": "2026.11.1"}
    return found | {"about": "Makes toys."} | changes


class _Plain(yaml.SafeDumper):
    """Writes a list that is used twice out twice: packs have no aliases."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def write(
    folder: Path,
    *,
    craft: dict[str, Any] | None = None,
    loop: dict[str, Any] | None = None,
    owner: dict[str, Any] | None = None,
) -> Path:
    """Write a pack and return its folder."""
    files = {
        "company.yaml": owner or company(),
        "tracks/engineer.yaml": loop or track(),
        "questions/craft.yaml": craft or area(),
    }
    for name, data in files.items():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        text = yaml.dump(data, Dumper=_Plain, sort_keys=False)
        place.write_text(text, encoding="utf-8")
    return folder
