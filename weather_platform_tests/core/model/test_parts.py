"""What an expert's parts say: the same after a file, and of some of them as of all."""

import json
from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest

from weather_platform.core.model.expert import Expert, fit_expert
from weather_platform.core.model.kernel import Bumps
from weather_platform.core.model.matrix import size_matrix, tree_matrix
from weather_platform.core.model.one_thread import one_thread
from weather_platform.core.model.own_blend import correlation_of, with_blend
from weather_platform.core.model.parts import Raw, raw
from weather_platform.core.model.scale import fit_scale
from weather_platform_tests.core.synthetic import learned

VARIABLE = "temperature_c"


@cache
def rows() -> pd.DataFrame:
    pairs = learned().pairs
    known = pairs["expected_error"].notna() & pairs["observed"].notna()
    made = pairs[(pairs["variable"] == VARIABLE) & known].reset_index(drop=True)
    return with_blend(made, VARIABLE, correlation_of(VARIABLE))


@cache
@one_thread
def expert() -> Expert:
    """With every part, of days too few for a kernel: those are of what they are told."""
    fitted = fit_expert(rows(), rows()["observed"].to_numpy(), VARIABLE, trees=True)
    assert fitted.kernel is None
    x = tree_matrix(rows(), VARIABLE, fitted.wide.feeds, seasonal=False)
    bumps = Bumps(x, np.arange(len(x)) // 20)
    lefts = np.sin(x[:, 0] / 9), np.cos(x[:, 0] / 9)
    (beyond, _), (of_size, unseen) = (bumps.fit(left) or pytest.fail("nothing found") for left in lefts)
    sizes = np.column_stack([size_matrix(rows(), VARIABLE), unseen])
    scales = {**fitted.scales, "kernel": fit_scale(sizes, unseen, 50)}
    return replace(fitted, kernel=bumps.kernel(beyond, of_size), scales=scales)


def same(one: Raw, other: Raw) -> bool:
    return one.said.keys() == other.said.keys() and all(
        np.array_equal(values, other.said[part][name])
        for part, told in one.said.items()
        for name, values in told.items()
    )


def test_every_part_speaks() -> None:
    assert list(raw(expert(), rows()).said) == list(expert().parts)
    assert len(expert().parts) == 7


def test_an_expert_says_the_same_after_a_file() -> None:
    again = Expert.of(json.loads(json.dumps(expert().parameters())), expert().trees)
    assert same(raw(again, rows()), raw(expert(), rows()))


def test_one_of_a_release_that_knew_no_kernel_is_read() -> None:
    parameters = json.loads(json.dumps(expert().parameters()))
    del parameters["kernel"]
    said = raw(Expert.of(parameters, expert().trees), rows()).said
    assert set(expert().parts) - set(said) == {"kernel"}


def test_one_of_a_release_that_knew_no_correlation_stands_on_the_plain_blend() -> None:
    parameters = json.loads(json.dumps(expert().parameters()))
    assert parameters.pop("correlation") == correlation_of(VARIABLE)
    said = raw(Expert.of(parameters, expert().trees), rows()).said
    assert said["blend"]["location"] == pytest.approx(rows()["bias_corrected"].to_numpy())


@pytest.mark.parametrize("part", ["blend", "wide", "linear", "kernel", "trees"])
def test_a_part_asked_for_alone_says_what_it_says_beside_the_others(part: str) -> None:
    alone, every = raw(expert(), rows(), {part}).said, raw(expert(), rows()).said
    assert {"emos", part} <= set(alone)
    assert same(Raw(alone, np.empty(0)), Raw({name: every[name] for name in alone}, np.empty(0)))
    assert len(alone) < len(every)


def test_a_kernel_corrects_the_line_in_units_of_its_error_and_says_how_much_is_left() -> None:
    said, kernel = raw(expert(), rows()).said, expert().kernel
    assert kernel is not None
    x, line = tree_matrix(rows(), VARIABLE, expert().wide.feeds, seasonal=False), said["linear"]
    beyond, of_size = kernel(x)
    sizes = np.column_stack([size_matrix(rows(), VARIABLE), of_size])
    assert said["kernel"]["location"] == pytest.approx(line["location"] + line["scale"] * beyond)
    assert said["kernel"]["scale"] == pytest.approx(expert().scales["kernel"](sizes))
