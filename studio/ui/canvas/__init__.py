"""The canvas: a picture, the shapes on it, and tools that draw and change them."""
