"""One module per command: HELP, arguments(parser), run(args) -> exit code, NEEDS_DATABASE."""
