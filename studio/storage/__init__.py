"""The cellar where things are kept: objects by digest, the journal, and their index."""
