"""For how long an act can be taken back: ten seconds on the screen, and two for the way there and back."""

from __future__ import annotations

import datetime as dt

SECONDS = 10
WINDOW = dt.timedelta(seconds=SECONDS + 2)
