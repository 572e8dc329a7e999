"""Media: bring pictures in, look through them."""
