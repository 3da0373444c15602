"""Zero the small judge: what log-odds of yes each criterion's own strong wording gets.

The same model is more willing to say yes to one point than to another. Its zero
depends on the pack and the model alone, so it is measured once, here, and
shipped; a criterion that is not in the file gets the average zero.
"""

from __future__ import annotations

import json
import math
from typing import Annotated

import typer

from bot import settings
from bot.backends.catalog import Catalog
from bot.backends.opening import open_chat
from bot.judge import point_prompt
from bot.zeroes import FILE, zero_key
from rubrics.loader import load_library


def main(
    fresh: Annotated[bool, typer.Option(help="Measure again what the file has")] = False,
) -> None:
    """Measure what is missing from the file, and write it after every question."""
    chat = open_chat(settings.load(), Catalog.load())
    known: dict[str, dict[str, float]] = json.loads(FILE.read_text()) if FILE.exists() else {}
    mine = {} if fresh else known.get(chat.digest, {})
    for pack in load_library().packs:
        for question in pack.questions():
            for point in question.outline:
                criterion = question.criterion(point.criterion)
                prompt = point_prompt(point.text, criterion)
                key = zero_key(prompt.digest, criterion.strong)
                if key not in mine:
                    share = chat.choose(prompt, ("Yes", "No"))
                    mine[key] = round(math.log(share["Yes"] / share["No"]), 3)
            known[chat.digest] = dict(sorted(mine.items()))
            FILE.write_text(json.dumps(known, indent=1) + "\n", encoding="utf-8")
            print(f"{question.id}: {len(mine)} criteria zeroed", flush=True)
    values = sorted(mine.values())
    print(f"log-odds of yes: median {values[len(values) // 2]}, from {values[0]} to {values[-1]}")


if __name__ == "__main__":
    typer.run(main)
