"""What can be played and practised, as the pages and the command list it."""

from __future__ import annotations

from bot.views import QuestionInfo, RoundInfo, TrackInfo
from rubrics.loader import Library


def offered_tracks(library: Library) -> list[TrackInfo]:
    """Return every loop, with where its company's facts come from."""
    return [
        TrackInfo(
            name=f"{pack.company.id}/{track.role}",
            company=pack.company.name,
            title=track.title,
            about=track.about,
            default_level=track.default_level,
            rounds=tuple(RoundInfo(r.id, r.title, r.minutes, r.questions) for r in track.rounds),
            facts=tuple(
                f"{f.say} ({f.source.kind}, {f.source.date.isoformat()}: {f.source.note})"
                for f in (*pack.company.facts, *track.facts)
            ),
        )
        for pack in library.packs
        for track in pack.tracks
    ]


def offered_questions(library: Library) -> list[QuestionInfo]:
    """Return the whole question bank, without what would spoil a question."""
    return [
        QuestionInfo(
            id=q.id,
            title=q.title,
            kind=q.kind,
            level=q.level,
            minutes=q.minutes,
            prompt=q.prompt,
            company=pack.company.name,
            area_id=area.area,
            area=area.title,
            source=q.source.kind,
            source_note=f"{q.source.note} ({q.source.date.isoformat()})",
            criteria=len(q.criteria),
        )
        for pack in library.packs
        for area in pack.areas
        for q in area.questions
    ]
