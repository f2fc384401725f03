"""In how many invented cases a law is tried."""

from huikuan.ops.testing import GIVEN


def examples(few: int, many: int) -> int:
    """Few by `make test`, many by `make test-deep` (HUIKUAN_DEEP=1)."""
    return many if GIVEN.get("HUIKUAN_DEEP") else few
