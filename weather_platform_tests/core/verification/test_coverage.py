"""What our intervals held is told of every variable, and judged where it can be."""

import pandas as pd

from weather_platform.core.verification.coverage import coverage


def _line(variable: str, held80: float, method: str = "ours", lead: str = "all") -> dict[str, object]:
    coverages = {"coverage_80": held80, "coverage_90": 0.9}
    return {"variable": variable, "method": method, "lead_bucket": lead, **coverages}


def test_what_is_not_judged_is_told_and_what_passes_too() -> None:
    board = pd.DataFrame(
        [
            _line("precipitation_mm", 0.95),
            _line("temperature_c", 0.81),
            _line("temperature_c", 0.5, lead="000-024"),
            _line("temperature_c", 0.6, method="emos"),
            _line("wind_speed_m_s", 0.85),
        ]
    )
    found = coverage(board)
    assert found.off == {"wind_speed_m_s 80 %": 0.85}
    assert found.judged["temperature_c 80 %"] == 0.81
    assert len(found.judged) == 4
    assert found.told == {"precipitation_mm 80 %": 0.95, "precipitation_mm 90 %": 0.9}


def test_whole_days_are_judged_as_their_hours_are() -> None:
    board = pd.DataFrame([_line("temperature_c_max", 0.7), _line("precipitation_mm_sum", 0.95)])
    found = coverage(board)
    assert found.off == {"temperature_c_max 80 %": 0.7}
    assert set(found.told) == {"precipitation_mm_sum 80 %", "precipitation_mm_sum 90 %"}
