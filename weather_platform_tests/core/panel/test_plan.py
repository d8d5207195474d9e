"""What a schedule costs, by the providers' published weights."""

from dataclasses import replace
from datetime import date

import pytest

from weather_platform.core.panel.plan import plan
from weather_platform.core.places import Place
from weather_platform.core.providers.registry import PROVIDERS
from weather_platform.core.providers.spec import Horizon
from weather_platform.core.providers.terms import Limit, Window

PLACES = [Place(f"p{i}", 10 + i / 10, 20.0, country="US") for i in range(100)]


def test_open_meteo_weighs_by_variables_models_and_days() -> None:
    provider = PROVIDERS["open_meteo"]
    asked = provider.requests(PLACES, Horizon(120))[0]
    variables = len(asked.params["hourly"].split(",")) * len(provider.models)
    made = plan(provider, PLACES, Horizon(120, provider.models), 4)
    assert made.weight == pytest.approx(100 * variables / 10)
    month = {share.window: share for share in made.shares}["month"]
    assert month.calls == pytest.approx(made.weight * 4 * 31)
    assert month.allowed == 300_000
    long = plan(provider, PLACES, Horizon(384, provider.models), 4)
    assert long.weight == pytest.approx(made.weight * 16 / 14)


def test_the_places_that_fit_do_and_one_tenth_more_do_not() -> None:
    provider = PROVIDERS["weatherapi"]
    fit = plan(provider, PLACES, Horizon(72), 4).places_that_fit
    assert fit is not None
    many = [Place(f"p{i}", 0.0, 0.0) for i in range(int(fit * 1.1))]
    assert plan(provider, many[:fit], Horizon(72), 4).fits
    refused = plan(provider, many, Horizon(72), 4)
    assert not refused.fits
    assert refused.binds is not None
    assert refused.binds.window == "month"


@pytest.mark.parametrize(
    ("window", "calls"), [("minute", 100 / 60), ("hour", 100.0), ("day", 400.0), ("month", 12_400.0)]
)
def test_a_schedule_that_fills_a_limit_fits_and_a_call_more_does_not(window: Window, calls: float) -> None:
    """A hundred places, four times a day: a cycle within an hour, and so many in longer windows."""
    for allowed, fits in ((calls, True), (calls * 0.995, False)):
        terms = replace(PROVIDERS["weatherapi"].terms, limits=(Limit(window, allowed),))
        made = plan(replace(PROVIDERS["weatherapi"], terms=terms), PLACES, Horizon(72), 4)
        assert (made.fits, made.places_that_fit) == (fits, 100 if fits else 99)


def test_rows_are_of_the_models_asked_for_and_of_every_cycle() -> None:
    provider = PROVIDERS["open_meteo"]
    few = plan(provider, PLACES[:10], Horizon(72, provider.models[:1]), 2)
    assert few.rows_per_day == 10 * 72 * 2
    many = plan(provider, PLACES[:10], Horizon(72, provider.models[:1]), 4)
    assert (many.rows_per_day, many.rows_per_call) == (2 * few.rows_per_day, few.rows_per_call)
    assert few.rows_per_call == pytest.approx(10 * 72 / few.weight)


def test_a_look_up_costs_a_call_too() -> None:
    assert plan(PROVIDERS["nws"], PLACES, Horizon(120), 4).calls == 2 * len(PLACES)


def test_uncovered_places_cost_nothing() -> None:
    made = plan(PROVIDERS["nws"], [Place("oslo", 59.9, 10.7, country="NO")], Horizon(120), 4)
    assert (made.places, made.weight, made.rows_per_day, made.fits) == (0, 0, 0, True)
    assert made.places_that_fit is None
    both = [Place("oslo", 59.9, 10.7, country="NO"), *PLACES]
    assert plan(PROVIDERS["nws"], both, Horizon(120), 4) == plan(PROVIDERS["nws"], PLACES, Horizon(120), 4)


@pytest.mark.parametrize("provider", PROVIDERS.values(), ids=lambda provider: provider.name)
def test_every_provider_states_its_terms(provider: object) -> None:
    terms = PROVIDERS[provider.name].terms  # type: ignore[attr-defined]
    assert terms.licence
    assert terms.attribution
    assert terms.url.startswith("https://")
    assert date(2026, 1, 1) <= terms.as_of
