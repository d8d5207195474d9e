"""Lists of a reply: a bad entry costs no other, and a list that is bad throughout says so in a few words."""

from typing import Any

import pytest

from weather_platform.core.providers.reading import utc_times
from weather_platform.core.providers.spec import Fault, PayloadError
from weather_platform.core.providers.steps import each, in_order, timed


def at(hour: int, **more: int) -> dict[str, Any]:
    return {"time": f"2026-08-01T{hour:02}:00:00Z", **more}


@pytest.mark.parametrize("bad", [1, 20, 21, 25])
def test_twenty_faults_are_told_and_how_many_more_there_are(bad: int) -> None:
    good, faults = each([3, *["x" * 500] * bad, 4], int, "hour")
    assert good == [3, 4]
    told, more = faults[:20], faults[20:]
    assert [fault.reason.split(" is not of")[0] for fault in told] == [
        f"hour {i + 1}" for i in range(len(told))
    ]
    assert len(told) == min(bad, 20)
    assert [fault.reason.split(" is not of")[0] for fault in more] == [
        f"{bad - 20} more like this: hour {bad}"
    ] * (bad > 20)
    assert max(len(fault.reason) for fault in faults) < 250


def test_what_a_reader_says_of_an_entry_is_told_with_its_place() -> None:
    def refuse(_entry: object) -> None:
        raise PayloadError("no wind at all")

    assert each([1], refuse, "hour") == ([], [Fault("hour 0: no wind at all")])


@pytest.mark.parametrize("entries", [None, [], {}, {"0": at(0)}, "soon"])
def test_what_is_no_list_holds_nothing(entries: object) -> None:
    with pytest.raises(PayloadError, match=r"^the reply holds no step$"):
        timed(entries, "time", utc_times, "step")


def test_where_nothing_has_a_time_the_first_reason_is_that_of_all() -> None:
    with pytest.raises(PayloadError, match=r"^step 0: a time is not ISO 8601: .*noon"):
        timed([{"time": "noon"}, {"time": "late"}], "time", utc_times, "step")


def test_of_one_time_what_is_alike_is_taken_once_and_what_differs_not_at_all() -> None:
    entries = [at(5), at(3, wind=1), at(1), at(3, wind=2), at(1), at(4)]
    found, times, faults = in_order(*timed([*entries, {"time": "noon"}], "time", utc_times, "step"))
    assert found == [at(1), at(4), at(5)]
    assert times.astype(str).tolist() == [one["time"][:-1] for one in found]
    assert [fault.reason.split(":")[0] for fault in faults] == ["step 6", "step 2026-08-01T03"]
    with pytest.raises(PayloadError, match="is there 2 times, and not the same"):
        in_order([at(3, wind=1), at(3, wind=2)], utc_times([at(3)["time"]] * 2), [])


def test_times_that_differ_throughout_are_told_in_a_few_words() -> None:
    hours = [hour for hour in range(24) for _ in range(2)]
    entries = [at(0), *(at(hour, wind=i) for i, hour in enumerate(hours) if hour)]
    faults = in_order(entries, utc_times([one["time"] for one in entries]), [])[2]
    assert len(faults) == 21 and faults[-1].reason.startswith("3 more like this: step 2026-08-01T23")
