"""`kill -9` of the command, the worker and the database at seeded moments: the book ends as if nothing had happened."""
