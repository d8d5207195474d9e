"""How every picture looks: colours, labels, frame, and PNG bytes.

Belongs here: what more than one picture shares. Does not: any picture. Only matplotlib's objects are
used, never pyplot: its global state has no place in a server.
"""

import io

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

OURS_COLOR, IDEAL_COLOR, TRUTH_COLOR = "#c1440e", "#6a4c93", "#1b1b1b"
COLORS = {
    "ours": OURS_COLOR,
    "ideal": IDEAL_COLOR,
    "emos": "#1f77b4",
    "bias_corrected": "#2a9d5c",
    "equal_weight": "#8a8a8a",
}
FEED_COLOR = "#c9c2b8"
LABELS = {
    "temperature_c": "Temperature, °C",
    "wind_speed_m_s": "Wind speed, m/s",
    "precipitation_mm": "Precipitation in 3 h, mm",
}


def png(figure: Figure) -> bytes:
    """A figure's bytes; the same figure gives the same bytes."""
    FigureCanvasAgg(figure)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=110, metadata={"Software": None})
    return buffer.getvalue()


def plain(axes: Axes) -> None:
    """The same light frame and grid everywhere."""
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="both", color="#eeeeee")
    axes.set_axisbelow(True)
    axes.tick_params(labelsize=8)
