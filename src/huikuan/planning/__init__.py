"""Planning 作业计划: what must be done about each case today, and why."""
