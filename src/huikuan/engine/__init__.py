"""Procedures as data: the words, the conditions, the playbook and what it compiles to. Pure: no Django, no database."""
