"""`python -m weather_platform.service`: the service on $PORT, as Cloud Run starts it."""

import logging
import os

import uvicorn

from weather_platform.service.app import app
from weather_platform.service.settings import ServiceSettings


def main() -> None:
    """Listen until the process is told to end."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    # Within a container every address is the container's own; on a machine, say HOST=127.0.0.1.
    host = os.environ.get("HOST", "0.0.0.0")  # noqa: S104
    uvicorn.run(app(ServiceSettings()), host=host, port=int(os.environ.get("PORT", "8080")), access_log=False)


if __name__ == "__main__":
    main()
