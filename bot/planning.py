"""Turn a loop, a level and a wish for length into the plan of one interview."""

from __future__ import annotations

import random
from collections.abc import Sequence

from bot.domain import Plan, PlannedQuestion, PlannedRound
from bot.errors import CallerError, NotFound
from rubrics.loader import Pack
from rubrics.schema import Count, Level, Question, Round, Track

_ORDER = list(Level)
MOST_QUESTIONS = 12
SHORTEST_MINUTES = 5


def make_plan(
    pack: Pack,
    track: Track,
    *,
    rounds: Sequence[str] | None = None,
    questions: int | None = None,
    minutes: int | None = None,
    level: Level | None = None,
    recent: Sequence[str] = (),
    seed: int = 0,
) -> Plan:
    """Choose rounds and questions.

    `questions` is for each round; `minutes` is for the whole interview and is
    shared out in proportion to the rounds' own lengths. Questions near `level`
    come first, those in `recent` (asked lately, newest first) last; `seed`
    orders the rest. Raises NotFound for an unknown round and CallerError for a
    count or a length that makes no interview.
    """
    wanted = level or track.default_level
    if questions is not None and not 1 <= questions <= MOST_QUESTIONS:
        raise CallerError(
            f"{questions} questions make no round.", f"Ask for 1 to {MOST_QUESTIONS}."
        )
    chosen = _chosen_rounds(track, rounds)
    if minutes is not None and minutes < SHORTEST_MINUTES * len(chosen):
        raise CallerError(
            f"{minutes} minutes are too few for {len(chosen)} rounds.",
            f"Give at least {SHORTEST_MINUTES * len(chosen)}, or fewer rounds.",
        )
    whole = sum(r.minutes for r in chosen)
    used: set[str] = set()
    planned = []
    for round_ in chosen:
        length = (
            round_.minutes if minutes is None else max(5, round(minutes * round_.minutes / whole))
        )
        picked = _pick(pack, round_, questions, wanted, recent, used, seed)
        used.update(q.id for q in picked)
        planned.append(_planned(round_, picked, length, wanted, track))
    return Plan(
        track=f"{pack.company.id}/{track.role}",
        company=pack.company.name,
        role_title=track.title,
        level=wanted,
        pack_version=pack.company.version,
        pack_digest=pack.digest,
        rounds=tuple(planned),
    )


def _chosen_rounds(track: Track, names: Sequence[str] | None) -> list[Round]:
    if names is None:
        return list(track.rounds)
    known = {r.id: r for r in track.rounds}
    unknown = [n for n in names if n not in known]
    if unknown or not names:
        raise NotFound(
            f"The loop of {track.title} has no round '{', '.join(unknown)}'.",
            f"Its rounds are {', '.join(known)}.",
        )
    return [r for r in track.rounds if r.id in set(names)]


def _pick(
    pack: Pack,
    round_: Round,
    count: int | None,
    level: Level,
    recent: Sequence[str],
    used: set[str],
    seed: int,
) -> list[Question]:
    pool = [q for q in pack.questions_for(round_) if q.id not in used]
    random.Random(f"{seed}:{round_.id}").shuffle(pool)
    lately = {question_id: len(recent) - i for i, question_id in enumerate(recent)}
    pool.sort(key=lambda q: (lately.get(q.id, 0), _distance(q.level, level)))
    wanted = min(count or round_.questions, len(pool))
    if not wanted:
        raise CallerError(
            f"The round '{round_.id}' has no question left that another round doesn't ask.",
            "Choose fewer rounds.",
        )
    return _spread(pool, wanted, round_, pack)


def _spread(pool: list[Question], wanted: int, round_: Round, pack: Pack) -> list[Question]:
    """Take the best questions area by area, so that no area of a round is left out."""
    by_area = {area: [q for q in pool if pack.area_of(q.id).area == area] for area in round_.areas}
    picked: list[Question] = []
    while len(picked) < wanted:
        for area in round_.areas:
            if by_area[area] and len(picked) < wanted:
                picked.append(by_area[area].pop(0))
        if not any(by_area.values()):
            break
    return picked


def _distance(a: Level, b: Level) -> int:
    return abs(_ORDER.index(a) - _ORDER.index(b))


def _planned(
    round_: Round, picked: list[Question], length: int, level: Level, track: Track
) -> PlannedRound:
    share = length / sum(q.minutes for q in picked)
    words = {
        "name": round_.interviewer.name,
        "role": round_.interviewer.role,
        "minutes": length,
        "questions": Count(len(picked)),
    }
    return PlannedRound(
        round_id=round_.id,
        title=round_.title,
        minutes=length,
        interviewer=round_.interviewer.name,
        interviewer_role=round_.interviewer.role,
        opening=round_.opening.format(**words),
        closing=round_.closing.format(**words),
        questions=tuple(
            PlannedQuestion(
                question_id=q.id,
                minutes=max(2, round(min(q.minutes, q.minutes * share))),
                why=_why(q, level, track),
            )
            for q in picked
        ),
    )


def _why(question: Question, level: Level, track: Track) -> str:
    fit = "at your level" if question.level == level else f"written for {question.level.value}"
    source = (
        "reported by candidates" if question.source.kind == "reported" else "inferred from the role"
    )
    return f"{fit}, {source}, for {track.title}"
