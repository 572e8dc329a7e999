"""The door for plugins: what they may import. It follows semantic versioning.

Plugins import from the modules of this package and from nothing else of the studio. The words of
the domain that plugins need are re-exported by the module that uses them.
"""

API_VERSION = "0.1"
