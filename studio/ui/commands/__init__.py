"""Commands as data, one table a menu."""
