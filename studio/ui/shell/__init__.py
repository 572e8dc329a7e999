"""Parts of the window around the pages."""
