"""Gate 合规闸口: every contact is asked for here. It fails closed, says why, and keeps what it said."""
