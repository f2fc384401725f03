"""Who works here and for whom: organisations, creditors, teams, users. Tables only."""
