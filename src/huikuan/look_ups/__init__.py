"""Look-ups 户籍调取 and assistance 协催, on a lawful basis alone."""
