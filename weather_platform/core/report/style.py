"""How every picture looks: colours, labels, frame, and PNG bytes.

Belongs here: what more than one picture shares. Does not: any picture. Only matplotlib's objects are
used, never pyplot: its global state has no place in a server.
"""

import io

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from weather_platform.core.quantities.targets import KNOWN

# Okabe and Ito's palette, which eyes that see red and green alike tell apart; markers tell the lines again.
OURS_COLOR, IDEAL_COLOR, TRUTH_COLOR = "#d55e00", "#1b1b1b", "#1b1b1b"
COLORS = {
    "ours": OURS_COLOR,
    "ideal": IDEAL_COLOR,
    "emos": "#0072b2",
    "bias_corrected": "#009e73",
    "equal_weight": "#7a7a7a",
}
MARKERS = {"ours": "o", "ideal": ".", "emos": "s", "bias_corrected": "^", "equal_weight": "D"}
FEED_COLOR, NAMED_FEED_COLOR = "#c9c2b8", "#7d7468"
# Of a fan: lowest and highest quantile of 90, 80 and 50 %, and how dark each lies on those below it.
INTERVALS = (("q05", "q95", 0.15), ("q10", "q90", 0.2), ("q25", "q75", 0.3))
_SHADES = 128
SMALL = 9  # points: 9 px and more where a phone shows the picture
LABELS = {name: target.label for name, target in KNOWN.items()}


def png(figure: Figure) -> bytes:
    """A figure's bytes; the same figure gives the same bytes."""
    figure.set_dpi(140)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()  # `savefig` draws a figure that has a layout twice
    drawn = Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")
    buffer = io.BytesIO()
    # A third of the bytes, and nobody sees the difference: pictures lie in pages and in Dagster's events.
    drawn.quantize(_SHADES, method=Image.Quantize.MEDIANCUT).save(buffer, "PNG")
    return buffer.getvalue()


def panel(title: str) -> tuple[Figure, Axes]:
    """A figure of one picture, as wide as a phone can show without shrinking its text away."""
    figure = Figure(figsize=(4.8, 3.7), layout="constrained")
    axes = figure.add_subplot()
    axes.set_title(title, loc="left", fontsize=10, parse_math=False)  # a place may be called anything
    plain(axes)
    return figure, axes


def plain(axes: Axes) -> None:
    """The same light frame and grid everywhere."""
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="both", color="#eeeeee")
    axes.set_axisbelow(True)
    axes.tick_params(labelsize=SMALL)
