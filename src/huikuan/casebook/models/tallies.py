"""Counts over very many rows, kept for a while: see reports/tally.py."""

from django.db import models


class Tally(models.Model):
    """What was counted at a moment. Never a source of anything but figures on a screen; may be emptied at any time."""

    key = models.CharField(
        max_length=120, primary_key=True, help_text="whose figures, of which day"
    )
    counted_at = models.DateTimeField()
    rows = models.JSONField()
