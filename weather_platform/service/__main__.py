"""`python -m weather_platform.service`: the service on $PORT, as Cloud Run starts it."""

import os

import uvicorn

from weather_platform.infra.json_logs import log_lines
from weather_platform.service.app import app
from weather_platform.service.settings import ServiceSettings


def main() -> None:
    """Listen until the process is told to end."""
    settings = ServiceSettings()
    log_lines(settings.log_format)
    # Within a container every address is the container's own; on a machine, say HOST=127.0.0.1.
    host = os.environ.get("HOST", "0.0.0.0")  # noqa: S104
    port = int(os.environ.get("PORT", "8080"))
    uvicorn.run(app(settings), host=host, port=port, access_log=False, log_config=None)


if __name__ == "__main__":
    main()
