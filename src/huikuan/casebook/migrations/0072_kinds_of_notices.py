"""Notices of complaints and of batches: kinds that came on two ways."""

from __future__ import annotations

from django.db import migrations, models

KINDS = [
