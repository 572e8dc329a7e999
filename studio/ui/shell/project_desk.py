"""The desk of an open project: its session, its bridge, its pages, and the window's verbs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, Protocol

from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.domain.ids import JsonValue
from studio.ui.bridge import LiveBridge
from studio.ui.desk import Command
from studio.ui.media_queue import Queue
from studio.ui.shell.page_bar import PageBar, PageEntry
from studio.ui.shell.page_stack import PageStack
from studio.ui.theme import current

if TYPE_CHECKING:
    from studio.services.session import Session


class Verbs(Protocol):
    """What the window does for every desk."""

    def toast(
        self,
        text: str,
        level: Literal["info", "success", "warning", "error"] = "info",
        action: Command | None = None,
    ) -> None:
        """Tell news in passing."""

    def hint(self, text: str) -> None:
        """Show what can be done now."""

    def fail(self, error: BaseException) -> None:
        """Show an error."""

    def page_shown(self) -> None:
        """Another page came into view."""


class ProjectDesk:
    """One open project in the window.

    Parameters
    ----------
    session : Session
        Closed by `close`.
    verbs : Verbs
        The window.
    pages : sequence of PageEntry
        Which pages there are.
    """

    def __init__(self, session: Session, verbs: Verbs, pages: Sequence[PageEntry]) -> None:
        self.session = session
        self._verbs = verbs
        self.bridge = LiveBridge(session.project, session.runner)
        self.bridge.troubled.connect(verbs.fail)
        self.queue = Queue(session.project, self.bridge)
        self.view = QWidget()
        self.bar = PageBar(tuple(pages))
        self.stack = PageStack(self, pages)
        layout = QVBoxLayout(self.view)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.bar)
        layout.addWidget(self.stack, 1)
        self.bar.chosen.connect(self._chosen)
        self.bridge.start()

    def go(self, page: str, **focus: JsonValue) -> None:
        """Show a page and tell it what to look at."""
        self.bar.show_page(page)
        self.stack.show_page(page, **focus)
        self._verbs.hint("")
        self._verbs.page_shown()

    def toast(
        self,
        text: str,
        level: Literal["info", "success", "warning", "error"] = "info",
        action: Command | None = None,
    ) -> None:
        """Tell news in passing."""
        self._verbs.toast(text, level, action)

    def hint(self, text: str) -> None:
        """Show what can be done now."""
        self._verbs.hint(text)

    def fail(self, error: BaseException) -> None:
        """Show an error."""
        self._verbs.fail(error)

    def colour(self, token: str) -> str:
        """Return a token of the theme in use as `#rrggbb`."""
        return str(getattr(current.tokens(), token))

    def close(self) -> None:
        """End the pages, the bridge and the session, in this order."""
        self.stack.release()
        self.bridge.close()
        self.session.close()
        self.view.deleteLater()

    def _chosen(self, page: str) -> None:
        self.go(page)
