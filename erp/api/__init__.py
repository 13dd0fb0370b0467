"""REST and the plain HTTP edge: sign-in, the event gate, response headers."""
