"""Judge what packs say: `greenroom packs lint` and `make check` run this.

`rubrics.loader` refuses what has the wrong shape; this refuses what has the
right shape and would still make a poor interview.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import chain
from pathlib import Path

from rapidfuzz import fuzz, process

from rubrics import rules
from rubrics.language import stems
from rubrics.loader import SHIPPED, load_pack, pack_folders, validate
from rubrics.rules import Sited
from rubrics.schema import Company, QuestionFile, Track
from rubrics.source import Document, PackError, Problem, read

_QUESTION_RULES = (
    rules.gives_away,
    rules.prompt_names_criteria,
    rules.probe_form,
    rules.spoken_plainly,
    rules.weights,
    rules.reads_easily,
    rules.criteria_apart,
)


@dataclass(frozen=True)
class Report:
    """What lint found. `warnings` are worth a look and fail nothing."""

    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    files: int
    questions: int


@dataclass(frozen=True)
class _Files:
    """What could be read of the files at hand, by what it is."""

    questions: list[Sited]
    tracks: list[tuple[Track, Document]]
    companies: list[tuple[Company, Document]]


def lint(paths: Iterable[Path], *, today: date, beside: Path = SHIPPED) -> Report:
    """Judge packs, folders of packs, or single files of a pack.

    Their questions must also differ from those in the folder of packs
    `beside`, which are not judged themselves. Raises FileNotFoundError for a
    path that is not there, and ValueError for one that holds no pack.
    """
    problems: list[Problem] = []
    files: list[Path] = []
    for path in paths:
        for folder in _folders(path):
            try:
                load_pack(folder)
            except PackError as error:
                problems.extend(error.problems)
            files.extend(_files_of(folder))
        if path.is_file():
            files.append(path)
    files = list(dict.fromkeys(files))
    loaded = _load(files, problems)
    problems.extend(_judge(loaded, today))
    judged = {f.resolve() for f in files}
    rest = [f for p in pack_folders(beside) for f in _files_of(p) if f.resolve() not in judged]
    problems.extend(_repeated(loaded.questions, _load(rest, []).questions))
    warnings = chain.from_iterable(rules.leans(sited) for sited in loaded.questions)
    return Report(_in_order(problems), _in_order(warnings), len(files), len(loaded.questions))


def _folders(path: Path) -> list[Path]:
    if path.is_file():
        return []
    if not path.exists():
        raise FileNotFoundError(path)
    # The loader passes over what has no company.yaml; here its absence is a fault to name.
    halves = {p.parent for part in ("questions", "tracks") for p in path.glob(f"*/{part}")}
    folders = sorted({*pack_folders(path), *halves})
    if not folders:
        raise ValueError(f"{path} holds no pack: a pack is a folder with a company.yaml")
    return folders


def _files_of(folder: Path) -> list[Path]:
    found = chain((folder / "tracks").glob("*.yaml"), (folder / "questions").glob("*.yaml"))
    return [folder / "company.yaml", *sorted(found)]


def _load(files: Iterable[Path], problems: list[Problem]) -> _Files:
    loaded = _Files([], [], [])
    for file in files:
        try:
            document = read(file)
            if file.name == "company.yaml":
                loaded.companies.append((validate(document, Company), document))
            elif file.parent.name == "tracks":
                loaded.tracks.append((validate(document, Track), document))
            else:
                area = validate(document, QuestionFile)
                loaded.questions.extend(
                    Sited(question, document, i) for i, question in enumerate(area.questions)
                )
        except PackError as error:
            problems.extend(error.problems)
    return loaded


def _judge(loaded: _Files, today: date) -> Iterator[Problem]:
    for sited in loaded.questions:
        for rule in _QUESTION_RULES:
            yield from rule(sited)
        yield from rules.question_source(sited, today)
    for track, document in loaded.tracks:
        yield from rules.opening_placeholders(track, document)
        yield from rules.track_sources(track, document, today)
    for company, document in loaded.companies:
        yield from rules.company_sources(company, document, today)


def _repeated(judged: list[Sited], beside: list[Sited]) -> Iterator[Problem]:
    """Find probes, prompts and titles that say again what another one says."""
    everyone = [*beside, *judged]  # the later of two alike is the one to change
    probes = [(sited, probe) for sited in everyone for probe in rules.probes_of(sited.question)]
    first = sum(1 for sited in beside for _ in rules.probes_of(sited.question))
    texts = [probe.text for _, probe in probes]
    for here, there in _alike(texts, rules.PROBES_ALIKE, first):
        sited, probe = probes[here]
        other = probes[there][0].question.id
        yield sited.problem(probe.key, f"is too like a probe of '{other}': \"{texts[there]}\"")
    prompts = [sited.question.prompt for sited in everyone]
    for here, there in _alike(prompts, rules.PROMPTS_ALIKE, len(beside)):
        other = everyone[there].question.id
        yield everyone[here].problem(("prompt",), f"is too like the prompt of '{other}'")
    titles = [sited.question.title for sited in everyone]
    for here, there in _alike(titles, 100.0, len(beside)):
        other = everyone[there].question.id
        yield everyone[here].problem(("title",), f"is the title of '{other}' too")


def _alike(texts: list[str], bound: float, first: int) -> Iterator[tuple[int, int]]:
    """Yield (later, earlier) for texts as like as `bound` of 100; the later is at least `first`.

    Likeness is rapidfuzz's token sort ratio on word stems: the words' order
    and their inflections count for nothing, the words themselves for all.
    """
    normal = [" ".join(stems(text)) for text in texts]
    scores = process.cdist(normal[first:], normal, scorer=fuzz.token_sort_ratio, score_cutoff=bound)
    for row, line in enumerate(scores):
        here = first + row
        earlier = [there for there in line.nonzero()[0].tolist() if there < here]
        if earlier:
            yield here, earlier[0]


def _in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    distinct = dict.fromkeys(problems)
    return tuple(sorted(distinct, key=lambda p: (str(p.file), p.line, p.key)))
