"""What a schedule costs, by the providers' published weights."""

from datetime import date

import pytest

from weather_platform.core.panel.plan import plan
from weather_platform.core.places import Place
from weather_platform.core.providers.registry import PROVIDERS
from weather_platform.core.providers.spec import Horizon

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


def test_a_look_up_costs_a_call_too() -> None:
    assert plan(PROVIDERS["nws"], PLACES, Horizon(120), 4).calls == 2 * len(PLACES)


def test_uncovered_places_cost_nothing() -> None:
    made = plan(PROVIDERS["nws"], [Place("oslo", 59.9, 10.7, country="NO")], Horizon(120), 4)
    assert (made.places, made.weight, made.rows_per_day, made.fits) == (0, 0, 0, True)


@pytest.mark.parametrize("provider", PROVIDERS.values(), ids=lambda provider: provider.name)
def test_every_provider_states_its_terms(provider: object) -> None:
    terms = PROVIDERS[provider.name].terms  # type: ignore[attr-defined]
    assert terms.licence
    assert terms.attribution
    assert terms.url.startswith("https://")
    assert date(2026, 1, 1) <= terms.as_of
