"""The web server process that `huikuan run` starts: `python -m huikuan.ops.serve HOST PORT`."""

import sys

from huikuan.ops import config
from huikuan.ops.lifeline import end_with_parent

LOGGING = {
    "version": 1,
    "formatters": {"json": {"()": "huikuan.ops.logs.JsonFormatter"}},
    "handlers": {
        "json": {
            "class": "logging.StreamHandler",
            "formatter": "json",
            "stream": "ext://sys.stderr",
        }
    },
    "loggers": {"_granian": {"handlers": ["json"], "level": "ERROR", "propagate": False}},
}
#: For each worker. A second thread waits up to 5 ms for the interpreter after each of its twenty to thirty queries while the
#: first one computes: both took three times as long. docs/decisions/one-thread-a-worker.md
THREADS = 1
#: The longest there is: a thread that ends gives up its database connection and the plans prepared on it.
IDLE_SECONDS = 600


def main(host: str, port: int) -> None:
    """Serves until it is told to stop."""
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    end_with_parent()
    Granian(
        "huikuan.ops.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=config.current().workers,
        blocking_threads=THREADS,
        blocking_threads_idle_timeout=IDLE_SECONDS,
        websockets=False,
        respawn_failed_workers=True,
        workers_kill_timeout=5,
        log_level=LogLevels.error,
        log_dictconfig=LOGGING,
    ).serve()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
