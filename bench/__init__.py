"""Workloads that show the product's speed: `make bench` prints one JSON line per figure."""
