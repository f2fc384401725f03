"""The operator's door: settings, the database supervisor, the command line, the worker and the health page."""
