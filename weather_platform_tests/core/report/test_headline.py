"""The sentences for hurried readers hide no lead and no region where a feed is the better one."""

from datetime import UTC, datetime
from typing import Any

import pandas as pd

from weather_platform.core.report.headline import headline
from weather_platform.core.report.tables import percent
from weather_platform.core.trust.unsound import ALL, Fault, FeedsNow, UnsoundFeed


def _line(method: str, lead: str, mae: float, share: float = 1.0, region: str = "") -> dict[str, object]:
    """A line of a leaderboard; ours is off by 0.2 everywhere."""
    return {
        "variable": "precipitation_mm", "lead_bucket": lead, "method": method, "region": region, "n": 1000,
        "share": share, "reach": 1.0, "mae": mae, "ours_mae": 0.2, "relative": 2 * mae / 0.2,
        "ours_gain": 1 - 0.1 / mae, "sure": 1,
    }  # fmt: skip


def _board(near: list[float], far: list[float], steps: list[float], region: str = "") -> pd.DataFrame:
    """Three leads and all of them: the errors of `near/met`, which has `steps` of our rows, and `far/gfs`."""
    leads = ["000-024", "024-048", "048-072", "all"]
    rows = []
    for lead, first, second, share in zip(leads, near, far, steps, strict=True):
        rows.append(_line("ours", lead, 0.2, region=region))
        rows.append(_line("near/met", lead, first, share, region))
        rows.append(_line("far/gfs", lead, second, region=region))
    return pd.DataFrame(rows)


_WHOLE = [1.0, 1.0, 1.0, 1.0]


def test_whom_to_trust_is_said_by_lead_with_the_rows_that_it_has() -> None:
    board = _board([0.3, 0.3, 0.5, 0.4], [0.4, 0.4, 0.4, 0.41], [1.0, 0.45, 0.5, 0.6])
    said = headline(board, board.assign(region="here"), "precipitation_mm")
    assert said.startswith(
        "Of the providers trust near/met to 48 h (45 to 100 % of our rows), and far/gfs beyond. "
        "Over all leads that it has, near/met is off by 0.400 mm on average, ours by 0.200 mm on the same "
        "1,000 rows (60 % of ours): 50\u00a0% better."
    )
    assert "Off by less" not in said
    assert said.endswith("By CRPS, ours leads all 2 baselines.")


def test_the_best_of_a_year_is_named_with_it_where_it_is_not_to_be_believed_now() -> None:
    board = _board([0.3, 0.3, 0.5, 0.4], [0.4, 0.4, 0.4, 0.41], _WHOLE)
    time = datetime(2026, 8, 10, 12, tzinfo=UTC)

    def said(verdict: str, *feeds: str, of: str = "precipitation_mm") -> str:
        fault = Fault(ALL, verdict, "for some reason", time, longer=False)
        unsound = tuple(UnsoundFeed(feed, (fault,), (of,)) for feed in feeds)
        now = FeedsNow(time, 3, 3, unsound, {"precipitation_mm": 2})
        return headline(board, board.assign(region="here"), "precipitation_mm", now)

    assert said("stale", "near/met").startswith(
        "Of the providers trust near/met to 48 h, and far/gfs beyond. But not now: near/met is not to be "
        "believed. Over all leads"
    )
    assert "But not now: near/met and far/gfs say nothing. Over" in said("absent", "near/met", "far/gfs")
    assert "not now" not in said("stale", "near/met", of="temperature_c")
    assert "not now" not in said("stale", "other/one")


def test_one_that_is_best_everywhere_is_said_once() -> None:
    board = _board([0.3] * 4, [0.4] * 4, _WHOLE)
    said = headline(board, board.assign(region="here"), "precipitation_mm")
    assert said.startswith("Of the providers trust near/met at every lead. Over")


def test_a_lead_and_a_region_where_a_feed_is_off_by_less_are_told() -> None:
    board = _board([0.3, 0.194, 0.5, 0.4], [0.4, 0.4, 0.4, 0.41], _WHOLE)
    regional = pd.concat(
        [board.assign(region="dry"), _board([0.3] * 4, [0.3, 0.1, 0.3, 0.19], _WHOLE, region="wet")]
    )
    said = headline(board, regional, "precipitation_mm")
    assert (
        "Off by less than ours, in mm: at 24–48 h near/met (0.194 against 0.200); "
        "in wet far/gfs (0.190 against 0.200)."
    ) in said
    many = [_board([0.3] * 4, [0.19] * 4, _WHOLE, region=f"wet {index}") for index in range(5)]
    said = headline(board, pd.concat(many), "precipitation_mm")
    assert "in wet 2 far/gfs (0.190 against 0.200); and in 2 more regions." in said


def test_what_would_read_as_level_is_not_called_so_nor_ahead() -> None:
    board = _board([0.2005] * 4, [0.19996] * 4, [*_WHOLE[:3], 0.4])
    board.loc[board["method"] == "far/gfs", "relative"] = 3.0
    said = headline(board, board.assign(region="here"), "precipitation_mm")
    assert "ours by 0.200 mm on the same 1,000 rows (40 % of ours): less than 1\u00a0% better." in said
    assert "Off by less" not in said, "0.200 against 0.200"
    assert percent(-0.001) == "0 %"


def test_a_lead_over_all_that_may_be_chance_is_said_to_be() -> None:
    """One day's report claimed to lead all baselines."""
    board = _board([0.3] * 4, [0.4] * 4, _WHOLE)

    def said(**changes: Any) -> str:
        told = board.assign(**changes)
        return headline(told, told.assign(region="here"), "precipitation_mm")

    far = board["method"] == "far/gfs"
    assert said().endswith("By CRPS, ours leads all 2 baselines.")
    assert said(sure=0).endswith("all 2 baselines, all of them perhaps by chance.")
    assert said(sure=board["sure"].mask(far, 0)).endswith("all 2 baselines, 1 of them perhaps by chance.")
    behind = board["relative"].mask(far, 0.8)
    assert said(relative=behind, sure=0).endswith("By CRPS, better than ours: far/gfs (perhaps by chance).")
    assert said(relative=behind, sure=-1).endswith("By CRPS, better than ours: far/gfs.")


def test_whoever_ours_is_level_with_is_not_among_those_it_leads() -> None:
    board = _board([0.3] * 4, [0.4] * 4, _WHOLE)
    near, far = (board["method"] == name for name in ("near/met", "far/gfs"))

    def said(told: pd.DataFrame) -> str:
        return headline(told, told.assign(region="here"), "precipitation_mm")

    level = board.assign(relative=board["relative"].mask(near, 1.0))
    assert said(level).endswith("By CRPS, ours leads 1 of 2 baselines and is level with near/met.")
    unsure = level.assign(sure=level["sure"].mask(far, 0))
    assert said(unsure).endswith(
        "By CRPS, ours leads 1 of 2 baselines, perhaps by chance, and is level with near/met."
    )
    both = level.assign(relative=level["relative"].mask(far, 1.0))
    assert said(both).endswith("By CRPS, ours is level with near/met, far/gfs.")
