"""Training, live."""
