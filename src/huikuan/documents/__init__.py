"""Documents of any subject: kept, read, listed, made."""
