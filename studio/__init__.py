"""The visual AI studio: from a folder of raw media to a verified model package, and back."""

__version__ = "0.1.0"
