"""The Pipeline page: compose operations, run them, and see what became of each."""
