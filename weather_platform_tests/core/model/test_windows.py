"""Which days a challenger is judged on, and when there are too few."""

from datetime import timedelta

import pytest

from weather_platform.core.model.promotion import after_withdrawal, in_window, truth_until, window_start
from weather_platform.core.model.train import TooFewDataError, training_rows
from weather_platform_tests.core.synthetic import START, long_lived

VARIABLE = "temperature_c"


@pytest.mark.parametrize("days_late", [0, 2, 6])
def test_a_window_ends_where_truth_ends_however_late_it_comes(days_late: int) -> None:
    made = long_lived()
    known = made.pairs["observed_known_at"] + timedelta(days=days_late)
    until = START + timedelta(days=24)
    past = made.pairs.assign(observed_known_at=known)[made.pairs["cycle"] < until]
    rows = training_rows(past, VARIABLE, until)
    end = truth_until(rows, until)
    assert end == until - timedelta(days=days_late)
    start = window_start(end - timedelta(days=14), end)
    window = in_window(rows, start)
    assert window["valid_time"].dt.floor("D").nunique() == 7
    assert window["cycle"].min() == start
    assert truth_until(rows, end - timedelta(hours=1)) == end - timedelta(hours=1)


@pytest.mark.parametrize(("unseen", "window"), [(7, 7), (10, 7), (14.6, 7.5), (20, 10), (42, 21), (300, 21)])
def test_the_window_is_the_later_half_of_what_is_unseen(unseen: float, window: float) -> None:
    until = START + timedelta(days=400)
    assert window_start(until - timedelta(days=unseen), until) == until - timedelta(days=window)


def test_no_cycle_is_judged_that_began_before_the_champion_had_learned() -> None:
    """Of a training until 17:59 some truth of the noon's cycle is what the champion learned from."""
    learned = START + timedelta(days=30, hours=17, minutes=59)
    assert window_start(learned, learned + timedelta(days=7)) == learned
    assert window_start(learned, learned + timedelta(days=8)) == START + timedelta(days=31, hours=12)


def test_less_than_a_week_is_too_little_to_judge_on() -> None:
    with pytest.raises(TooFewDataError, match=r"6\.9 days with truth are unseen"):
        window_start(START, START + timedelta(days=6.9))


def test_after_a_withdrawal_a_first_model_waits_for_a_week_of_new_truth() -> None:
    after_withdrawal(START, START + timedelta(days=7))
    for since, new in ((START, "6.9"), (START + timedelta(days=8), "0.0")):
        with pytest.raises(TooFewDataError, match=f"taken back, and {new} days .* serves until there are 7"):
            after_withdrawal(since, START + timedelta(days=6.9))
