"""Books of earlier versions as dumps, which every later version must still open."""
