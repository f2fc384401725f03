"""The lowest layer: problems as data, typed reading of files, days, money, identifiers. Imports nothing of ours."""
