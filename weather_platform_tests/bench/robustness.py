"""What a lost feed and a new place cost on the recorded archives, by hand:
`python -m weather_platform_tests.bench.robustness`.

Not a figure of speed, so not among `make bench`. Best feed lost: CRPS over that of a model which never had
it (goal 1.05). New place: MAE of the median over the raw blend's in the first two days (goal 1), and CRPS
over that of a model which knew the place, after five verified days (goal 1.02).
"""

import os
from pathlib import Path

import numpy as np
import pandas as pd

from weather_platform.core.evaluate.archive import checked, usual_delay_hours, wide
from weather_platform.core.evaluate.features import features_of
from weather_platform.core.evaluate.kinds import kind_of
from weather_platform.core.evaluate.walk import Walked, walk
from weather_platform.core.scoring.scores import crps_of_quantiles

FEEDS = {
    "us10_openmeteo_nws_2025_26": "tmax",
    "nyclax_tmax_7models": "tmax",
    "toulouse_t2m_tigge5": "t2m",
    "kbos_khlc_3models_202106": "t2m",
    "uwme_pnw_t2m_2004": "t2m",
}
PLACES = {
    "us10_openmeteo_nws_2025_26": "tmax",
    "nws_us167_tmaxmin_2021": "tmax",
    "seoul25_ldaps_2013_17": "tmax",
    "germany_t2m_ecmwf52": "t2m",
}
_MEDIAN, _PARTS, _WARM_DAYS = 9, 5, 5


def main() -> None:
    """Print a line per archive."""
    root = Path(os.environ.get("WEATHER_RECORDED_DATA", "../shared/data")) / "paired"
    for name, variable in FEEDS.items():
        print(f"{name:32} best feed lost   {_lost(*_rows(root / name, variable)):.3f}", flush=True)  # noqa: T201
    for name, variable in PLACES.items():
        rows, early, late = _new(*_rows(root / name, variable))
        print(f"{name:32} new place: first days {early:.3f} ({rows} rows), later {late:.3f}", flush=True)  # noqa: T201


def _rows(folder: Path, variable: str) -> tuple[pd.DataFrame, list[str], str]:
    archive = pd.read_parquet(folder / f"{folder.name}.parquet")
    rows, sources = wide(checked(archive), variable)
    return rows, sources, kind_of(variable)


def _walked(rows: pd.DataFrame, sources: list[str], kind: str, held_out: np.ndarray) -> Walked:
    return walk(features_of(rows, sources, kind, usual_delay_hours(rows)), kind, held_out)


def _held_out(rows: pd.DataFrame) -> np.ndarray:
    late = rows["valid_time"] >= rows["valid_time"].quantile(2 / 3)
    return (late & rows["observed"].notna()).to_numpy()


def _lost(rows: pd.DataFrame, sources: list[str], kind: str) -> float:
    """Mean CRPS without the best feed in the held-out rows, over that of a model that never had it."""
    held_out = _held_out(rows)
    errors = rows[~held_out][sources].sub(rows["observed"][~held_out], axis=0).abs()
    best = errors[errors.notna().all(axis=1)].mean().idxmin()
    others = [source for source in sources if source != best]
    held_out &= rows[others].notna().any(axis=1).to_numpy()
    without = rows[others].notna().any(axis=1)
    start = rows["init_time"][held_out].min()
    lost = rows.assign(**{str(best): rows[best].mask(rows["init_time"] >= start)})
    fed = lost[sources].notna().any(axis=1)  # a model is never asked about rows that no feed reached
    lost = lost[fed].reset_index(drop=True)
    y = rows["observed"].to_numpy()[held_out]
    never = rows[without].reset_index(drop=True)
    scores = [
        crps_of_quantiles(y, _walked(*case, kind=kind, held_out=mask).ours).mean()
        for case, mask in (
            ((lost, sources), held_out[fed.to_numpy()]),
            ((never, others), held_out[without.to_numpy()]),
        )
    ]
    return float(scores[0] / scores[1])


def _new(rows: pd.DataFrame, sources: list[str], kind: str) -> tuple[int, float, float]:
    """Rows of the first days, and the early and the late ratio as above. Every place is new once: a fifth of
    them from each of five dates in the last third on."""
    held_out = _held_out(rows)
    inits = rows["init_time"][held_out]
    places = rows["location_id"].drop_duplicates().sort_values().to_list()
    delay_days = usual_delay_hours(rows) / 24 + rows["lead_hours"].median() / 24
    blend, y = rows[sources].mean(axis=1).to_numpy(), rows["observed"].to_numpy()
    early: list[np.ndarray] = []
    late: list[np.ndarray] = []
    for part in range(_PARTS):
        start = inits.quantile(part / (_PARTS + 1))
        new = rows["location_id"].isin(places[part::_PARTS])
        cold = rows.assign(observed=rows["observed"].mask(new & (rows["valid_time"] < start)))
        judged = held_out & (new & (rows["init_time"] >= start)).to_numpy()
        if not judged.any():
            continue
        age = (rows["init_time"][judged] - start).dt.days.to_numpy()
        made, warm = (_walked(table, sources, kind, judged).ours for table in (cold, rows))
        truth, first = y[judged], age < 2
        early.append(np.abs(np.column_stack([made[:, _MEDIAN], blend[judged]]) - truth[:, None])[first])
        both = np.column_stack([crps_of_quantiles(truth, quantiles) for quantiles in (made, warm)])
        late.append(both[age >= _WARM_DAYS + delay_days])
    first_days, after = np.concatenate(early), np.concatenate(late).mean(axis=0)
    ours, raw = first_days.mean(axis=0)
    return len(first_days), float(ours / raw), float(after[0] / after[1])


if __name__ == "__main__":
    main()
