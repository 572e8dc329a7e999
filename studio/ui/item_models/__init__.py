"""One item model per list."""
