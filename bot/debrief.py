"""The debrief: decision first, what decided it, what to practise, then the evidence."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from bot.domain import (
    Act,
    Plan,
    QuestionScore,
    Scorecard,
    Status,
    Turn,
    Verdict,
)
from bot.recording import verdict_from
from bot.report import (
    AreaScore,
    CriterionReport,
    DecidedBy,
    FailedGrading,
    Practice,
    PracticeReport,
    QuestionReport,
    Report,
    RoundReport,
)
from bot.scoring import LEVEL_FROM, LEVELS, level_of, mean, points, scorecard, supported
from rubrics.loader import Library, Pack
from rubrics.schema import Question
from store.records import Grading, Interview
from store.records import Verdict as StoredVerdict

_MOST_TO_PRACTISE = 3


def report_of(
    record: Interview,
    plan: Plan,
    turns: Sequence[Turn],
    verdicts: Sequence[StoredVerdict],
    gradings: Sequence[Grading],
    library: Library,
) -> Report:
    """Put an interview's report together, as far as grading has come."""
    questions = {g.question_id: q for g in gradings if (q := _find(library, g.question_id))}
    scores = [
        _score(g, questions[g.question_id], turns, verdicts)
        for g in sorted(gradings, key=lambda g: g.question_no)
        if g.question_id in questions
    ]
    card = scorecard(plan, questions, scores)
    reports = {
        s.question_no: _question_report(s, questions[s.question_id], turns, library) for s in scores
    }
    used = [v for s in scores for v in s.verdicts if v.model or v.strategy]
    return Report(
        id=record.id,
        track=plan.track,
        company=plan.company,
        role_title=plan.role_title,
        level=plan.level.value,
        started_at=record.created_at,
        status=record.status,
        model=_most(v.model for v in used if v.model) or record.model,
        strategy=_most(v.strategy for v in used if v.strategy),
        points=card.points,
        signal=card.signal.value if card.signal else None,
        headline=_headline(card, gradings, record.status),
        decided_by=_decided(card, questions, scores),
        to_practise=_to_practise(questions, scores),
        rounds=tuple(
            RoundReport(
                title=r.title,
                points=r.points,
                level=r.level,
                level_name=LEVELS[r.level] if r.level else "not scored",
                questions=tuple(reports[s.question_no] for s in r.questions),
            )
            for r in card.rounds
        ),
        areas=_areas(reports.values()),
        pending=sum(g.state == "pending" for g in gradings),
        failed=tuple(
            FailedGrading(g.question_no, _title(questions, g), g.error or "unknown")
            for g in gradings
            if g.state == "failed"
        ),
        unscored=card.unscored,
    )


def practice_report(
    pack: Pack, question: Question, verdicts: Sequence[Verdict], seconds: float
) -> PracticeReport:
    """Return the report on one answer given outside an interview."""
    share = points(question, verdicts)
    score = QuestionScore(0, question.id, share, level_of(share), tuple(verdicts), "done")
    return PracticeReport(
        _question_report(score, question, (), Library((pack,))), round(seconds, 2)
    )


def _score(
    grading: Grading, question: Question, turns: Sequence[Turn], verdicts: Sequence[StoredVerdict]
) -> QuestionScore:
    mine = [t for t in turns if t.question_no == grading.question_no]
    hints = Counter(t.criterion_id for t in mine if t.kind == Act.HINT)
    known = {c.id for c in question.criteria}
    order = {c.id: i for i, c in enumerate(question.criteria)}
    # Checked once more on the way out: a transcript is the only ground for a quote.
    kept = [
        supported(verdict_from(v, hints[v.criterion_id]), mine)
        for v in verdicts
        if v.question_no == grading.question_no and v.criterion_id in known
    ]
    kept.sort(key=lambda v: order[v.criterion_id])
    share = points(question, kept)
    return QuestionScore(
        question_no=grading.question_no,
        question_id=question.id,
        points=share,
        level=level_of(share),
        verdicts=tuple(kept),
        state=grading.state,
        error=grading.error,
    )


def _question_report(
    score: QuestionScore, question: Question, turns: Sequence[Turn], library: Library
) -> QuestionReport:
    pack, _ = library.question(question.id)
    criteria = []
    for verdict in score.verdicts:
        c = question.criterion(verdict.criterion_id)
        criteria.append(
            CriterionReport(
                id=c.id,
                name=c.name,
                weight=c.weight,
                status=verdict.status.value,
                score=verdict.score,
                reason=verdict.reason,
                quotes=verdict.quotes,
                strong=c.strong,
                practise=c.practise,
                hints=verdict.hints,
                strategy=verdict.strategy,
                model=verdict.model,
            )
        )
    return QuestionReport(
        question_no=score.question_no,
        question_id=question.id,
        title=question.title,
        prompt=" ".join(question.prompt.split()),
        area=pack.area_of(question.id).title,
        state=score.state,
        error=score.error,
        points=score.points,
        level=score.level,
        criteria=tuple(criteria),
        strong_answer=question.strong_answer(),
        followed_up=tuple(
            t.criterion_id
            for t in turns
            if t.question_no == score.question_no and t.kind == Act.FOLLOW_UP and t.criterion_id
        ),
    )


def _headline(card: Scorecard, gradings: Sequence[Grading], status: str) -> str:
    if not gradings:
        return (
            "No question was answered, so there is nothing to grade."
            if status == "finished"
            else "The interview has not got far enough to grade anything."
        )
    if card.pending:
        done = len(gradings) - card.pending
        return f"Being graded: {done} of {len(gradings)} questions done."
    if card.signal is None:
        return "Too little could be graded for an honest signal; what could not is named below."
    met = sum(v.status is Status.MET for r in card.rounds for q in r.questions for v in q.verdicts)
    whole = sum(len(q.verdicts) for r in card.rounds for q in r.questions)
    unscored = f", {card.unscored} left unscored" if card.unscored else ""
    return (
        f"{card.signal.value.capitalize()}: {met} of {whole} criteria met{unscored}, over "
        f"{len(gradings)} question{'s' if len(gradings) != 1 else ''}."
    )


def _decided(
    card: Scorecard, questions: dict[str, Question], scores: Sequence[QuestionScore]
) -> tuple[DecidedBy, ...]:
    statuses = {(s.question_id, v.criterion_id): v.status for s in scores for v in s.verdicts}
    up = (card.points or 0.0) >= LEVEL_FROM[1]
    return tuple(
        DecidedBy(
            question_id,
            questions[question_id].title,
            questions[question_id].criterion(criterion_id).name,
            statuses[question_id, criterion_id].value,
            up,
        )
        for question_id, criterion_id in card.decided_by
    )


def _to_practise(
    questions: dict[str, Question], scores: Sequence[QuestionScore]
) -> tuple[Practice, ...]:
    lost = [
        (questions[s.question_id].criterion(v.criterion_id).weight * (1.0 - v.score), s, v)
        for s in scores
        for v in s.verdicts
        if v.score is not None and v.status in (Status.MISSING, Status.PARTIAL)
    ]
    lost.sort(key=lambda item: -item[0])
    out = []
    for _, score, verdict in lost[:_MOST_TO_PRACTISE]:
        question = questions[score.question_id]
        criterion = question.criterion(verdict.criterion_id)
        out.append(Practice(criterion.name, question.title, criterion.practise))
    return tuple(out)


def _areas(reports: Iterable[QuestionReport]) -> tuple[AreaScore, ...]:
    by_area: defaultdict[str, list[tuple[float, float | None]]] = defaultdict(list)
    for report in reports:
        by_area[report.area].append((1.0, report.points))
    scored = {area: mean(values) for area, values in by_area.items()}
    return tuple(AreaScore(area, share) for area, share in scored.items() if share is not None)


def _find(library: Library, question_id: str) -> Question | None:
    try:
        return library.question(question_id)[1]
    except LookupError:
        return None


def _title(questions: dict[str, Question], grading: Grading) -> str:
    found = questions.get(grading.question_id)
    return found.title if found else grading.question_id


def _most(values: Iterable[str]) -> str:
    counted = Counter(values)
    return counted.most_common(1)[0][0] if counted else ""
