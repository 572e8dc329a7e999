"""Running the pipeline that is shown: the verbs, and the commands that offer them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from studio.domain.pipelines import NodeId
from studio.ui.desk import Command
from studio.ui.graph.editor import GraphEditor
from studio.ui.pages.pipeline.follower import Follower


class RunVerbs:
    """Runs what the editor shows.

    Parameters
    ----------
    editor : GraphEditor
        Knows the pipeline and what is selected.
    follower : Follower
        Starts and ends runs.
    flush : callable
        Makes an edit of what is still being typed.
    """

    def __init__(self, editor: GraphEditor, follower: Follower, flush: Callable[[], None]) -> None:
        self._editor = editor
        self._follower = follower
        self._flush = flush
        self.whole = Command(
            "pipeline.run", "Run", self.run, "Ctrl+Return", "player-play", "Run",
            self.can_run, "A run is under way, or there is nothing to run.",
        )  # fmt: skip
        self.here = Command(
            "pipeline.run_here", "Run to here", self.run_here, "Ctrl+Shift+Return",
            "player-skip-forward", "Run", self.can_run_here, "Select a node to run to.",
        )  # fmt: skip
        self.stop = Command(
            "pipeline.cancel", "Cancel", follower.cancel, "", "player-stop", "Run",
            self.runs, "The pipeline does not run.",
        )  # fmt: skip

    def commands(self) -> Sequence[Command]:
        """List the commands."""
        return (self.whole, self.here, self.stop)

    def run(self) -> None:
        """Run the whole pipeline."""
        self._flush()
        self._follower.start()

    def run_here(self) -> None:
        """Run the selected nodes and what they need."""
        self._flush()
        self._follower.start(self._runnable())

    def _runnable(self) -> list[NodeId]:
        known = self._editor.model.graph.nodes
        return [id_ for id_ in self._editor.scene.chosen() if id_ in known]

    def can_run(self) -> bool:
        """Tell whether there is something to run and nothing runs."""
        return bool(self._editor.model.graph.nodes) and not self._follower.active

    def can_run_here(self) -> bool:
        """Tell whether a node is selected and nothing runs."""
        return bool(self._runnable()) and not self._follower.active

    def runs(self) -> bool:
        """Tell whether the pipeline runs."""
        return self._follower.active
