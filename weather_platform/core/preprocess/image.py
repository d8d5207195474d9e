"""Pictures of the sky or from above: RGB, short side 256, and simple statistics of cloud cover.

Clear sky scatters blue, cloud all colours alike. A pixel is cloud where its red is more than 0.6 of its blue
(Long et al. 2006, J. Atmos. Oceanic Technol. 23, 633), or less than 30 of 255 below it (Heinle et al. 2010,
Atmos. Meas. Tech. 3, 557). Both are for pictures of the sky by day, with nothing else in them.
"""

import io
import warnings
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from weather_platform.core.file_names import stamp_of
from weather_platform.core.preprocess.spec import Features, PreprocessError, Preprocessor

if TYPE_CHECKING:
    from PIL.Image import Image

SHORT_SIDE = 256
# A larger picture is refused before a pixel of it is decoded.
MAX_PIXELS = 80_000_000
_LONGEST_SHAPE = 50
_MAGIC = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"II*\0", b"MM\0*", b"GIF87a", b"GIF89a")
_FORMATS = ("JPEG", "PNG", "TIFF", "WEBP", "GIF")
CLOUD_RED_OVER_BLUE, CLOUD_RED_MINUS_BLUE = 0.6, -30.0


def takes(_name: str, data: bytes) -> bool:
    """Whether the first bytes are those of a picture."""
    return data.startswith(_MAGIC) or (data.startswith(b"RIFF") and data[8:12] == b"WEBP")


def features(name: str, data: bytes) -> Features:
    """One row of statistics, channels from 0 to 1; the reduced picture as PNG. Raises PreprocessError."""
    picture = _opened(data)
    width, height = picture.size
    try:
        small = _reduced(picture)
    # Decoders say in all these ways that a picture is damaged.
    except (OSError, SyntaxError, ValueError, TypeError, IndexError, EOFError) as error:
        raise PreprocessError(f"the picture is damaged or cut short: {error!s:.200}") from error
    form = io.BytesIO()
    small.save(form, "PNG")
    row = _statistics(np.asarray(small, dtype=np.float64))
    row |= {"width_px": float(width), "height_px": float(height)}
    frame = pd.DataFrame([{"position": 0, "time": stamp_of(name), **row}])
    return Features(frame, form.getvalue())


def _opened(data: bytes) -> "Image":
    """The picture, its size known and nothing decoded."""
    from PIL import Image  # noqa: PLC0415 - most runs see no picture

    try:
        with warnings.catch_warnings():
            # Beyond our bound Pillow first warns and then refuses: to us both are a refusal.
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(data), formats=_FORMATS)
    except (
        OSError,
        SyntaxError,
        ValueError,
        TypeError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
    ) as error:
        raise PreprocessError(f"cannot be read as a picture: {error!s:.200}") from error
    width, height = picture.size
    if width * height > MAX_PIXELS or max(width, height) > _LONGEST_SHAPE * min(width, height):
        raise PreprocessError(
            f"{width} × {height} pixels; at most {MAX_PIXELS:,} are read, and no picture more than "
            f"{_LONGEST_SHAPE} times as long as it is wide"
        )
    return picture


def _reduced(picture: "Image") -> "Image":
    """Upright, RGB, with a short side of SHORT_SIDE; a smaller one is enlarged."""
    from PIL import Image, ImageOps  # noqa: PLC0415 - most runs see no picture

    picture.draft("RGB", (2 * SHORT_SIDE, 2 * SHORT_SIDE))  # JPEG alone: decoded at a fraction of its size
    upright = ImageOps.exif_transpose(picture).convert("RGB")
    scale = SHORT_SIDE / min(upright.size)
    width, height = (max(SHORT_SIDE, round(side * scale)) for side in upright.size)
    return upright.resize((width, height), Image.Resampling.LANCZOS)


def _statistics(pixels: np.ndarray) -> dict[str, float]:
    """Of height × width × 3, 0 to 255."""
    red, green, blue = (pixels[:, :, i] for i in range(3))
    ratio = red / np.maximum(blue, 1.0)
    grey = 0.299 * red + 0.587 * green + 0.114 * blue  # luma, ITU-R BT.601
    return {
        "red_mean": float(red.mean() / 255),
        "green_mean": float(green.mean() / 255),
        "blue_mean": float(blue.mean() / 255),
        "luma_mean": float(grey.mean() / 255),
        "luma_std": float(grey.std() / 255),
        "red_over_blue_mean": float(ratio.mean()),
        "cloud_fraction_red_over_blue": float((ratio > CLOUD_RED_OVER_BLUE).mean()),
        "cloud_fraction_red_minus_blue": float((red - blue > CLOUD_RED_MINUS_BLUE).mean()),
    }


IMAGE = Preprocessor("image", takes, features)
