"""The preprocessors, in the order in which they are tried. A further kind is one file and one line."""

from weather_platform.core.preprocess.audio import AUDIO
from weather_platform.core.preprocess.image import IMAGE
from weather_platform.core.preprocess.spec import Preprocessor
from weather_platform.core.preprocess.text import TEXT

PREPROCESSORS: tuple[Preprocessor, ...] = (IMAGE, AUDIO, TEXT)
