"""Label: draw on pictures."""
