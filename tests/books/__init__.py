"""Books of earlier versions as dumps, so that every later version shows that it can still open them."""
