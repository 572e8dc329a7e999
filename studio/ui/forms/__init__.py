"""Forms made from the parameters of operations."""
