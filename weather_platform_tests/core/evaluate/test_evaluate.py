"""An archive is walked honestly: what was observed later changes no earlier prediction."""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
import pytest

from weather_platform.core.evaluate.archive import ArchiveError, checked, wide, with_earlier
from weather_platform.core.evaluate.score import evaluate, evaluate_all
from weather_platform.core.model.folds import Fold
from weather_platform.core.model.rolling import Tracked
from weather_platform_tests.core.evaluate.archives import daily_archive


def test_an_impossible_value_in_the_future_changes_no_earlier_prediction() -> None:
    archive = daily_archive()
    when = archive["valid_time"].quantile(0.8)
    cut = pd.Timestamp("2025-04-10", tz="UTC")
    before = evaluate(checked(archive), "t2m", cut, None).predictions
    archive.loc[archive["valid_time"] >= when, "observation"] = 1e6
    after = evaluate(checked(archive), "t2m", cut, None).predictions
    early = (before["init_time"] < when + pd.Timedelta(hours=30)).to_numpy()
    assert early.any()
    assert (~early).any()
    pd.testing.assert_frame_equal(before[early], after[early])
    assert not before[~early].equals(after[~early])


@pytest.mark.parametrize("later_hours", [0, 6])
def test_how_long_an_archive_goes_on_changes_no_earlier_prediction(later_hours: int) -> None:
    """Found by cutting archives short: fits stood where its end put them. In the second, a source
    begins to be issued apart when predictions are made already."""
    archive = daily_archive()
    cut, end = pd.Timestamp("2025-04-01", tz="UTC"), pd.Timestamp("2025-04-20", tz="UTC")
    apart = (archive["source"] == "b") & (archive["init_time"] > end)
    archive["init_time"] += pd.to_timedelta(np.where(apart, later_hours, 0), unit="h")
    whole = evaluate(checked(archive), "t2m", cut, None).predictions
    short = evaluate(checked(archive[archive["init_time"] <= end]), "t2m", cut, None).predictions
    both = whole[whole["init_time"] <= end].reset_index(drop=True)
    assert 0 < len(both) < len(whole)
    pd.testing.assert_frame_equal(both, short)


def test_whoever_waits_is_told_of_each_fold_of_each_variable() -> None:
    archive = daily_archive(40)
    both = checked(pd.concat([archive, archive.assign(variable="dew_point")]))
    begun: list[tuple[str, int, int]] = []

    def tracked(variable: str) -> Tracked:
        def one_by_one(folds: Sequence[Fold]) -> Iterator[Fold]:
            for number, fold in enumerate(folds):
                begun.append((variable, number, len(folds)))
                yield fold

        return one_by_one

    watched, _ = evaluate_all(both, ["t2m", "dew_point"], None, None, tracked)
    count = begun[0][2]
    assert count > 8
    assert begun == [(name, number, count) for name in ("t2m", "dew_point") for number in range(count)]
    alone = evaluate(both, "t2m", None, None)
    pd.testing.assert_frame_equal(watched["t2m"].predictions, alone.predictions)


def test_what_was_observed_before_it_was_issued_is_no_forecast() -> None:
    """Persistence was without any error there, and ours nearly so."""
    archive = daily_archive(60)
    usual = evaluate(checked(archive), "t2m", None, None).scores
    over = archive.assign(
        init_time=archive["valid_time"] + pd.Timedelta(hours=30), lead_hours=-30.0, source="analysis"
    )
    both = evaluate(checked(pd.concat([archive, over])), "t2m", None, None).scores
    (told,) = both["notes"]
    assert f"{len(over)} rows are left out, valid 30 h or more before their init_time" in told
    assert both["methods"] == usual["methods"]
    later = over.assign(**{name: over[name] + pd.Timedelta(days=60) for name in ("init_time", "valid_time")})
    found = evaluate(checked(pd.concat([archive, later])), "t2m", None, None).scores
    assert (found["test_from"], found["n"]) == (usual["test_from"], usual["n"])
    edge = over.assign(init_time=over["init_time"] - pd.Timedelta(hours=1))
    assert "left out" not in str(evaluate(checked(edge), "t2m", None, None).scores["notes"])
    with pytest.raises(ArchiveError, match="is init_time the time of issue"):
        evaluate(checked(over), "t2m", None, None)


@pytest.mark.parametrize(("delay_hours", "days"), [(0.0, 2), (12.0, 2), (12.5, 3), (100.0, 6), (None, 3)])
def test_truth_is_known_after_the_delay_that_was_asked_for(delay_hours: float | None, days: int) -> None:
    """Persistence is the truth of so many days before, of forecasts of a day and a half ahead."""
    archive = daily_archive(30)
    scores = evaluate(checked(archive), "t2m", None, delay_hours).scores
    assert scores["truth_delay_hours"] == (30.0 if delay_hours is None else delay_hours)
    truth = archive.drop_duplicates(["location_id", "valid_time"]).set_index("valid_time")
    change = truth.groupby("location_id")["observation"].diff(days).abs()
    expected = change[change.index >= pd.Timestamp(scores["test_from"])].mean()
    assert scores["methods"]["persistence"]["mae"] == pytest.approx(expected)


def test_bias_is_learned_and_intervals_hold() -> None:
    methods = evaluate(checked(daily_archive()), "t2m", None, None).scores["methods"]
    assert methods["ours"]["mae"] < min(
        methods["a"]["mae"], methods["b"]["mae"], methods["equal_weight"]["mae"]
    )
    assert methods["ours"]["coverage_80"] == pytest.approx(0.8, abs=0.1)


def _alternating(later_hours: int) -> pd.DataFrame:
    """Source b is issued some hours after a, so that no init time has both."""
    archive = daily_archive()
    b = archive["source"] == "b"
    archive["init_time"] += pd.to_timedelta(np.where(b, later_hours, 0), unit="h")
    archive["lead_hours"] -= np.where(b, later_hours, 0)
    return archive


@pytest.mark.parametrize(("later_hours", "heard"), [(6, True), (24, True), (25, False)])
def test_a_source_issued_at_other_times_speaks_by_what_it_said_last(later_hours: int, heard: bool) -> None:
    rows, sources = wide(checked(_alternating(later_hours)), "t2m")
    found, names = with_earlier(rows, sources, rows["init_time"].max())
    assert names == (["a", "b", "a, earlier"] if heard else ["a", "b"])
    if heard:
        of_b = found["b"].notna()
        before = rows.loc[~of_b].set_index(["location_id", "valid_time"])["a"]
        assert (
            found.loc[of_b, "a, earlier"].tolist()
            == before.reindex(
                pd.MultiIndex.from_frame(rows.loc[of_b, ["location_id", "valid_time"]])
            ).tolist()
        )
        assert found.loc[~of_b, "a, earlier"].isna().all(), "what is issued later is not known yet"
    pd.testing.assert_frame_equal(found[rows.columns], rows)


def test_what_is_forecast_afterwards_keeps_its_lead() -> None:
    archive = daily_archive(20).assign(lead_hours=-12.0)
    archive["init_time"] = archive["valid_time"] + pd.Timedelta(hours=12)
    assert (evaluate(checked(archive), "t2m", None, None).predictions["lead_hours"] == -12).all()


def test_what_a_source_said_before_helps_and_its_own_score_does_not_know() -> None:
    apart = evaluate(checked(_alternating(6)), "t2m", None, None)
    alone = evaluate(checked(_alternating(25)), "t2m", None, None)
    late = [found.predictions["lead_hours"] < 36 for found in (apart, alone)]
    assert late[0].sum() == late[1].sum() == apart.scores["methods"]["b"]["n"]
    assert apart.scores["methods"]["ours"]["crps"] < 0.95 * alone.scores["methods"]["ours"]["crps"]
    assert apart.scores["methods"]["b"]["crps"] == pytest.approx(alone.scores["methods"]["b"]["crps"])


def test_a_column_that_is_missing_is_named() -> None:
    with pytest.raises(ArchiveError, match="observation"):
        checked(daily_archive().drop(columns="observation"))


def test_a_lead_that_is_not_given_is_the_time_between() -> None:
    archive = daily_archive(20)
    lead = archive["valid_time"] - archive["init_time"]
    none, some = (
        archive.assign(lead_hours=None),
        archive.assign(lead_hours=archive["lead_hours"].mask(lead.index < 9)),
    )
    for written in (none, some, archive.assign(lead_hours=lead)):
        pd.testing.assert_frame_equal(checked(written), checked(archive))


@pytest.mark.parametrize(
    ("factor", "more", "told"), [(60.0, 0.0, True), (1 / 24, 0.0, True), (1.0, 20.0, False)]
)
def test_a_lead_that_the_times_do_not_have_is_told(factor: float, more: float, told: bool) -> None:
    """In minutes it was taken for months. Within a day of the times it may be meant."""
    frame = daily_archive(40)
    written = frame.assign(lead_hours=frame["lead_hours"] * factor + more)
    scores = evaluate(checked(written), "t2m", None, None).scores
    assert any("is it in hours?" in note for note in scores["notes"]) is told
