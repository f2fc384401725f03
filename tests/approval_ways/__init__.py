"""Every address and command that writes: a way to the act of a step, or why it is none."""
