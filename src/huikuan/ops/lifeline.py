"""Children end with their parent, also when the parent is killed and can say nothing any more."""

import ctypes
import os
import signal
import sys
import threading
import time

PR_SET_CHILD_SUBREAPER = 36


def end_with_parent() -> None:
    """Ends this process soon after its parent is gone: first politely, then by force."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(10)
        os._exit(1)

    threading.Thread(target=watch, name="lifeline", daemon=True).start()


def adopt_orphans() -> None:
    """Makes this process the parent of grandchildren whose parent was killed, so that it can end them. Linux only."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
