from __future__ import annotations

import threading
import time

from bot.backends.turnstile import Turnstile


def test_one_at_a_time_and_urgent_before_all_others() -> None:
    turnstile, order, inside = Turnstile(), list[str](), list[int]()

    def call(name: str, *, urgent: bool) -> None:
        with turnstile.enter(urgent=urgent):
            inside.append(1)
            assert len(inside) == 1
            order.append(name)
            time.sleep(0.02)
            inside.pop()

    with turnstile.enter(urgent=False):
        threads = [
            threading.Thread(target=call, args=(f"grade {n}",), kwargs={"urgent": False})
            for n in range(3)
        ]
        threads.append(threading.Thread(target=call, args=("live",), kwargs={"urgent": True}))
        for thread in threads:
            thread.start()
        time.sleep(0.1)  # until all of them wait
        assert order == []
    for thread in threads:
        thread.join(5.0)
    assert order[0] == "live"
    assert sorted(order[1:]) == ["grade 0", "grade 1", "grade 2"]


def test_an_error_inside_lets_the_next_one_in() -> None:
    turnstile = Turnstile()
    for urgent in (True, False, True):
        try:
            with turnstile.enter(urgent=urgent):
                raise ValueError
        except ValueError:
            continue
    entered = threading.Event()

    def call() -> None:
        with turnstile.enter(urgent=False):
            entered.set()

    threading.Thread(target=call, daemon=True).start()
    assert entered.wait(2.0)


def test_shut_waits_for_the_one_inside_and_lets_nobody_in() -> None:
    turnstile, left = Turnstile(), threading.Event()
    inside, entered = threading.Event(), threading.Event()

    def first() -> None:
        with turnstile.enter(urgent=False):
            inside.set()
            time.sleep(0.1)
            left.set()

    def second() -> None:
        with turnstile.enter(urgent=True):
            entered.set()

    threading.Thread(target=first, daemon=True).start()
    assert inside.wait(2.0)
    turnstile.shut()
    assert left.is_set()
    threading.Thread(target=second, daemon=True).start()
    assert not entered.wait(0.2)
