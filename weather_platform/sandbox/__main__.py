"""`python -m weather_platform.sandbox`: the server alone, so that it starts at once."""

import argparse
from datetime import datetime
from pathlib import Path

from weather_platform.sandbox.panel import BUILT_IN, read_panel
from weather_platform.sandbox.server import serve
from weather_platform.sandbox.simulation import Simulation


def main() -> None:
    """Parse the arguments and serve."""
    parser = argparse.ArgumentParser(prog="python -m weather_platform.sandbox", description=__doc__)
    parser.add_argument(
        "--places", type=Path, default=BUILT_IN, help="CSV of places (the LOCATIONS contract's columns)"
    )
    parser.add_argument("--seed", type=int, default=7, help="seed of the simulated world")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen at")
    parser.add_argument("--port", type=int, default=0, help="port to listen at; 0 takes a free one")
    parser.add_argument("--now", type=datetime.fromisoformat, help="the clock's first reading, ISO with zone")
    parser.add_argument("--until-stdin-closes", action="store_true", help="end when standard input does")
    given = parser.parse_args()
    try:
        panel = read_panel(given.places)
    except (OSError, ValueError) as error:
        parser.error(str(error))
    simulation = Simulation(panel, given.seed)
    serve(simulation, given.host, given.port, given.now, until_stdin_closes=given.until_stdin_closes)


if __name__ == "__main__":
    main()
