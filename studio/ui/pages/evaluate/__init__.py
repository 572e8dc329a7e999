"""How good a model is, and on which pictures it is wrong."""
