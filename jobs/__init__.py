"""What runs without a person waiting: the relay, the workers, the schedule, the listeners."""
