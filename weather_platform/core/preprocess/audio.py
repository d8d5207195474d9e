"""Sound (rain on a microphone, thunder, wind): a mel spectrogram, one row a second.

Power spectra of Hann windows of 2048 samples, half overlapping; 64 triangular filters, equally wide on the
mel scale m = 2595 log10(1 + f / 700) (O'Shaughnessy 1987, Speech Communication, p. 150), from 50 Hz to half
the sampling rate, at most 16 kHz; the mean over a second in dB of full scale.
"""

import io
from collections.abc import Iterator
from datetime import timedelta
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from weather_platform.core.file_names import stamp_of
from weather_platform.core.preprocess.spec import (
    Features,
    PreprocessError,
    Preprocessor,
    needs_extra,
)

WINDOW, BANDS = 2048, 64
LOWEST_HZ, HIGHEST_HZ = 50.0, 16_000.0
MAX_SECONDS, MAX_RATE, MIN_RATE, MAX_CHANNELS = 3_600, 192_000, 4_000, 8
_FLOOR = 1e-12  # −120 dB, below what 16 bits hold
# Longer than what a table may begin with.
_MAGIC = (b"fLaC\0", b"OggS\0", b"ID3\2", b"ID3\3", b"ID3\4")
_IN_CHUNKS = {b"RIFF": (b"WAVE",), b"RF64": (b"WAVE",), b"FORM": (b"AIFF", b"AIFC")}


def takes(_name: str, data: bytes) -> bool:
    """Whether the first bytes are those of WAV, FLAC, Ogg, AIFF, or MP3 with a tag."""
    return data.startswith(_MAGIC) or data[8:12] in _IN_CHUNKS.get(data[:4], ())


def features(name: str, data: bytes) -> Features:
    """A row a second: `mel_db_00` to `mel_db_63`, `level_dbfs`, `start_s`. Raises PreprocessError."""
    start = stamp_of(name)
    try:
        import soundfile  # noqa: PLC0415 - an optional extra
    except ImportError as error:
        raise needs_extra("sounds") from error
    try:
        with soundfile.SoundFile(io.BytesIO(data)) as sound:
            _check(sound)
            rows = [_row(block, sound.samplerate) for block in _seconds(sound)]
    except (soundfile.LibsndfileError, OSError, ValueError, RuntimeError) as error:
        if isinstance(error, PreprocessError):
            raise
        raise PreprocessError(f"cannot be read as sound: {error!s:.200}") from error
    if not rows:
        raise PreprocessError("holds no sound")
    frame = pd.DataFrame(rows)
    frame.insert(0, "position", range(len(rows)))
    frame["start_s"] = frame["position"].astype(float)
    frame["time"] = [None if start is None else start + timedelta(seconds=i) for i in range(len(rows))]
    return Features(frame)


def _check(sound: Any) -> None:
    seconds = sound.frames / sound.samplerate
    if not MIN_RATE <= sound.samplerate <= MAX_RATE or sound.channels > MAX_CHANNELS:
        raise PreprocessError(
            f"{sound.channels} channels at {sound.samplerate} Hz; at most {MAX_CHANNELS} are read, and "
            f"{MIN_RATE} to {MAX_RATE} Hz"
        )
    if seconds > MAX_SECONDS:
        raise PreprocessError(f"{seconds:.0f} s long, more than the {MAX_SECONDS} allowed; split it")


def _seconds(sound: Any) -> Iterator[np.ndarray]:
    """Seconds of all channels' mean, the last one shorter; no more of them, whatever the header says."""
    for _ in range(MAX_SECONDS):
        block = sound.read(sound.samplerate, dtype="float32", always_2d=True)
        if not len(block):
            return
        yield np.nan_to_num(block.mean(axis=1, dtype=np.float64), posinf=0.0, neginf=0.0)


def _row(samples: np.ndarray, rate: int) -> dict[str, float]:
    padded = np.pad(samples, (0, max(0, WINDOW - len(samples))))
    windows = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[:: WINDOW // 2]
    hann = np.hanning(WINDOW)
    power = (np.abs(np.fft.rfft(windows * hann, axis=1)) ** 2).mean(axis=0) / hann.sum() ** 2
    mel = 10 * np.log10(np.maximum(filters(rate) @ power, _FLOOR))
    level = 10 * np.log10(max(float(np.mean(samples**2)), _FLOOR))
    return {"level_dbfs": level, **{f"mel_db_{band:02}": float(value) for band, value in enumerate(mel)}}


@lru_cache(maxsize=8)
def filters(rate: int) -> np.ndarray:
    """BANDS × (WINDOW / 2 + 1): triangles of height 1 over the frequencies of a spectrum at `rate` Hz."""
    highest = min(HIGHEST_HZ, rate / 2)
    low, high = (2595 * np.log10(1 + f / 700) for f in (LOWEST_HZ, highest))
    edges = 700 * (10 ** (np.linspace(low, high, BANDS + 2) / 2595) - 1)
    frequency = np.fft.rfftfreq(WINDOW, 1 / rate)
    # Low bands are narrower than the spectrum's step, which would leave some of them empty.
    width = np.maximum(np.diff(edges), rate / WINDOW)
    rising = (frequency - (edges[1:-1] - width[:-1])[:, None]) / width[:-1, None]
    falling = ((edges[1:-1] + width[1:])[:, None] - frequency) / width[1:, None]
    return np.asarray(np.clip(np.minimum(rising, falling), 0, None))


AUDIO = Preprocessor("audio", takes, features)
