"""Look-ups 户籍调取 and assistance 协催: asked on a lawful basis, submitted, confirmed, answered."""
