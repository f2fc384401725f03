"""What tests of the rooms of an agency's rules need of other rooms, which no room may import."""

from __future__ import annotations

from huikuan.intake.arrive import arrive
from huikuan.planning.load import load_all

__all__ = ["arrive", "load_all"]
