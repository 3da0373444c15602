from __future__ import annotations

from pathlib import Path

import pytest

from bot.domain import Plan
from bot.errors import CallerError, NotFound
from bot.planning import make_plan
from rubrics.loader import Library, load_pack
from rubrics.schema import Level
from tests.unit import packs

ML = "atlassian/ml-engineer"


def planned(library: Library, name: str = ML, **wishes: object) -> Plan:
    pack, track = library.track(name)
    return make_plan(pack, track, **wishes)  # type: ignore[arg-type]


def ids(plan: Plan) -> list[str]:
    return [q.question_id for r in plan.rounds for q in r.questions]


def test_without_wishes_it_is_the_whole_loop(library: Library) -> None:
    for name in library.track_names():
        pack, track = library.track(name)
        plan = make_plan(pack, track)
        assert [r.round_id for r in plan.rounds] == [r.id for r in track.rounds]
        assert [len(r.questions) for r in plan.rounds] == [r.questions for r in track.rounds]
        assert plan.level is track.default_level
        assert plan.question_count == len(set(ids(plan))), "nothing is asked twice"
        assert plan.pack_digest == pack.digest


def test_the_same_wishes_give_the_same_plan(library: Library) -> None:
    assert planned(library) == planned(library)
    assert any(ids(planned(library, seed=n)) != ids(planned(library)) for n in range(1, 5))


def test_rounds_keep_the_loops_order(library: Library) -> None:
    loop = [r.round_id for r in planned(library).rounds]
    assert [r.round_id for r in planned(library, rounds=[loop[2], loop[0]]).rounds] == [
        loop[0],
        loop[2],
    ]


def test_an_unknown_round_is_named_with_those_there_are(library: Library) -> None:
    with pytest.raises(NotFound, match=r"no round 'tea'.*Its rounds are .*values"):
        planned(library, rounds=["values", "tea"])
    with pytest.raises(NotFound):
        planned(library, rounds=[])


@pytest.mark.parametrize("questions", [0, -1, 13])
def test_a_count_that_makes_no_round(library: Library, questions: int) -> None:
    with pytest.raises(CallerError, match=r"make no round.*1 to 12"):
        planned(library, questions=questions)


def test_minutes_are_shared_out(library: Library) -> None:
    plan = planned(library, rounds=["values", "ml-system-design"], minutes=40)
    assert sum(r.minutes for r in plan.rounds) == pytest.approx(40, abs=1)
    for round_ in plan.rounds:
        assert sum(q.minutes for q in round_.questions) <= round_.minutes + len(round_.questions)
    with pytest.raises(CallerError, match="at least 10"):
        planned(library, rounds=["values", "ml-system-design"], minutes=9)


def test_what_was_asked_lately_comes_last(library: Library) -> None:
    pool = ids(planned(library, rounds=["values"], questions=12))
    first = ids(planned(library, rounds=["values"], questions=2))
    second = ids(planned(library, rounds=["values"], questions=2, recent=first))
    assert not set(first) & set(second)
    # Once all have been asked, the one longest ago is due.
    assert ids(planned(library, rounds=["values"], questions=1, recent=pool)) == [pool[-1]]


def test_questions_near_the_level_come_first(tmp_path: Path) -> None:
    levels = ("staff", "junior", "senior", "mid")
    questions = [packs.question(f"for-{level}", level=level) for level in levels]
    pack = load_pack(packs.write(tmp_path / "p", craft=packs.area(*questions)))
    plan = make_plan(pack, pack.tracks[0], questions=4, level=Level.STAFF)
    assert ids(plan) == ["for-staff", "for-senior", "for-mid", "for-junior"]
    assert plan.rounds[0].questions[0].why.startswith("at your level")


def test_a_round_with_more_questions_than_there_are_takes_them_all(tmp_path: Path) -> None:
    pack = load_pack(packs.write(tmp_path / "p"))
    assert ids(make_plan(pack, pack.tracks[0], questions=12)) == ["a-change"]


def test_the_opening_says_who_and_how_long(tmp_path: Path) -> None:
    pack = load_pack(packs.write(tmp_path / "p"))
    plan = make_plan(pack, pack.tracks[0], minutes=20)
    assert plan.rounds[0].opening == "I am Sam, engineer. We have 20 minutes."


def test_two_rounds_that_draw_from_one_area_share_it(tmp_path: Path) -> None:
    loop = packs.track()
    loop["rounds"].append({**loop["rounds"][0], "id": "again"})
    craft = packs.area(packs.question("one"), packs.question("two"))
    pack = load_pack(packs.write(tmp_path / "p", craft=craft, loop=loop))
    assert sorted(ids(make_plan(pack, pack.tracks[0]))) == ["one", "two"]
    with pytest.raises(CallerError, match=r"no question left.*fewer rounds"):
        make_plan(pack, pack.tracks[0], questions=2)
