"""The kinds of files that can be dropped, in the order in which they are tried."""

from weather_platform.core.uploads.media import MEDIA
from weather_platform.core.uploads.replies import REPLY
from weather_platform.core.uploads.spec import Kind
from weather_platform.core.uploads.table import TABLE

KINDS: tuple[Kind, ...] = (REPLY, MEDIA, TABLE)
