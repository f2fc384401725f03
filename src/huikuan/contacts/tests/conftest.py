"""The rule packs in force, as the gate's own tests store them."""

from __future__ import annotations

from huikuan.gate.tests.conftest import packs as packs
