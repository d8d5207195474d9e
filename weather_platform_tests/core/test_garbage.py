"""The setting of Python's search for garbage is put back, whatever happens within."""

import gc

import pytest

from weather_platform.core.garbage import rarely_looked_for


def test_it_looks_rarely_within_and_as_before_after() -> None:
    before = gc.get_threshold()
    with rarely_looked_for():
        assert gc.isenabled()
        assert gc.get_threshold()[0] >= 100 * 700
    assert gc.get_threshold() == before


def test_an_error_puts_it_back() -> None:
    before = gc.get_threshold()
    with pytest.raises(RuntimeError), rarely_looked_for():
        raise RuntimeError
    assert gc.get_threshold() == before


def test_a_larger_setting_stays() -> None:
    before = gc.get_threshold()
    try:
        gc.set_threshold(1_000_000, *before[1:])
        with rarely_looked_for():
            assert gc.get_threshold()[0] == 1_000_000
    finally:
        gc.set_threshold(*before)
