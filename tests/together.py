"""Several who act in one moment, each in a thread and a transaction of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

from django.db import connection


def at_once(acts: Sequence[Callable[[], Any]]) -> list[Any]:
    """What each of them is answered, in the order of the acts; the error where one was raised."""
    together = threading.Barrier(len(acts))
    answers: dict[int, Any] = {}

    def run(number: int, act: Callable[[], Any]) -> None:
        try:
            together.wait(timeout=20)
            answers[number] = act()
        except Exception as error:
            answers[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert len(answers) == len(acts)
    return [answers[number] for number in range(len(acts))]
