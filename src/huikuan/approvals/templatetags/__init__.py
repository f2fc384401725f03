"""What templates ask of requests."""
