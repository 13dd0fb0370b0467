"""The till, its returns and its shifts."""
