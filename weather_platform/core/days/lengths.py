"""How long a day is, how long errors may last, and how far back that is learned.

Belongs here: those numbers, which stages and costs read without what they are applied to. Does not: pandas.
"""

from datetime import timedelta

from weather_platform.core.quantities.variables import STEP_HOURS

LENGTH = timedelta(days=1)
STEPS = 24 // STEP_HOURS  # values of a day
# Hours after which an error has shrunk to 37 %: of these the best is taken.
MEMORIES_HOURS = (0.0, 3.0, 6.0, 12.0, 24.0, 48.0, 96.0, 192.0)
MEMORY_WINDOW = timedelta(days=28)
