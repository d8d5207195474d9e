"""Observation rows of files that users gave, one partition per file version.

Belongs here: which partition a file version is. Does not: reading files (core.observations.upload). A file and its mapping are
kept in the object store as they came; the rows can be made again from them at any time.
"""

from collections.abc import Iterator

import dagster as dg

from weather_platform.core.contracts.forecast import QUARANTINE
from weather_platform.core.contracts.truth import UPLOADED_OBSERVATION
from weather_platform.defs.common import contract_check, contract_check_spec, described
from weather_platform.defs.partitions import uploads as upload_partitions
from weather_platform.infra.lazy_types import DataFrame
from weather_platform.infra.platform import Platform
from weather_platform.infra.settings import Settings

KEY = dg.AssetKey("uploads")
