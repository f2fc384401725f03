"""The staff 人员: the house, its teams, users and roles; who joins, changes and leaves."""
