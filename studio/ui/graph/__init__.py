"""The node-graph editor: a Qt-free model, a scene that shows it, and the hands that change it."""
