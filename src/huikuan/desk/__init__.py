"""The desk: the shell pages and the one URL map. A door: it reads the clock and knows every room."""
