"""Small files in the archives' own layouts, for tests that change a field of one."""


def isd_lite(*rows: tuple[int, ...]) -> bytes:
    """Lines of year, month, day, hour and the eight numbers."""
    lines = [
        f"{row[0]:04d} " + " ".join(f"{part:02d}" for part in row[1:4]) + "".join(f"{n:6d}" for n in row[4:])
        for row in rows
    ]
    return "\n".join([*lines, ""]).encode()


ISD_CONTROL = (
    "0137011490999991985010106004+66267+013983FM-12+003999999"
    "V0200501N00671220001CN0280001N9-00781-01331102241"
)


def dly(element: str, values: list[tuple[int, str]]) -> str:
    """A station's line of February 2024: values with their three flags, the other days missing."""
    slots = [f"{value:5d}{flags:3s}" for value, flags in values]
    return f"USW00094728202402{element}" + "".join([*slots, *["-9999   "] * (31 - len(slots))]) + "\n"


def psv(*rows: dict[str, str]) -> bytes:
    """GHCN-Hourly lines with the columns of the first row."""
    lines = ["|".join(rows[0]), *("|".join(row.values()) for row in rows)]
    return "\n".join([*lines, ""]).encode()
