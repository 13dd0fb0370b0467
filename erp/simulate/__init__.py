"""A device to try the product with: it makes or takes images and delivers them as the contract says."""
