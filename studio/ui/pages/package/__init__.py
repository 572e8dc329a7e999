"""A model as it leaves the studio, with its proof."""
