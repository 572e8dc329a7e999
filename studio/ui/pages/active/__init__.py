"""The Active page: what to label next, and whether choosing it pays."""
