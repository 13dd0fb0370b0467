"""What the commands of `python -m erp` do; imported only by the one that runs."""
