"""One way out: posted in the act, sent by the worker, and never sent twice by itself."""
