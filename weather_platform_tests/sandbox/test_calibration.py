"""Blending gains on simulated pairs what it gains on real ones, give or take."""

import pytest

from weather_platform.sandbox.panel import read_panel
from weather_platform.sandbox.simulation import Simulation
from weather_platform_tests.sandbox.calibration import crps_of_each, pairs


@pytest.mark.soak
def test_blending_gains_what_it_gains_on_real_archives() -> None:
    scores = crps_of_each(pairs(Simulation(read_panel(), seed=7)))
    gain = {name: 1 - score / scores["equal"] for name, score in scores.items()}
    assert 0.05 < gain["bias_corrected"] < 0.13
    assert gain["bias_corrected"] <= gain["emos"] < 0.14
    assert 0.12 < gain["emos_weights"] < 0.19
    assert 0.02 < 1 - scores["emos_weights"] / scores["emos"] < 0.09
    assert gain["ideal"] > gain["emos_weights"] + 0.05
