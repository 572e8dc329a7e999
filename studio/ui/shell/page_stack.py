"""The pages of an open project, each imported when it is first shown."""

from __future__ import annotations

import importlib
import logging
import time
import traceback
from collections.abc import Sequence

from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from studio.domain.ids import JsonValue
from studio.errors import StudioError
from studio.ui.desk import Command, Desk, Page
from studio.ui.shell.crash_report import CrashReport
from studio.ui.shell.page_bar import PageEntry
from studio.ui.widgets.empty_state import EmptyState

_log = logging.getLogger(__name__)
_FAILURES = (
    StudioError, ImportError, SyntaxError, NameError, AttributeError, TypeError, LookupError,
    ValueError, RuntimeError, OSError, AssertionError,
)  # fmt: skip
"""How the making of a page may fail; it is then named in its place and the others go on."""


class _Missing(Page):
    """Stands for a page that could not be loaded, and says why; the others go on."""

    def __init__(self, desk: Desk, entry: PageEntry, error: BaseException) -> None:
        super().__init__(desk)
        self._report = "".join(traceback.format_exception(error))
        state = EmptyState(
            "alert-triangle",
            f"The page “{entry.title}” could not be loaded",
            f"{type(error).__name__}: {error}. The other pages work as usual.",
            Command("page.report", "Show the details", self._show),
        )
        layout = QVBoxLayout(self)
        layout.addWidget(state)

    def _show(self) -> None:
        CrashReport(self._report, self).show()


class PageStack(QStackedWidget):
    """Shows one page; knows when each arrives and leaves."""

    def __init__(
        self, desk: Desk, entries: Sequence[PageEntry], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self._entries = {entry.id: entry for entry in entries}
        self._pages: dict[str, Page] = {}
        self.current_id = ""

    def show_page(self, id: str, **focus: JsonValue) -> Page:  # noqa: A002
        """Bring a page into view, making it at the first time.

        Raises
        ------
        KeyError
            If there is no such page.
        """
        if id not in self._pages:
            self._pages[id] = self._make(self._entries[id])
            self.addWidget(self._pages[id])
        page = self._pages[id]
        if self.current_id != id:
            if self.current_id:
                self._pages[self.current_id].leave()
            self.current_id = id
            self.setCurrentWidget(page)
            page.arrive()
        if focus:
            page.focus_on(**focus)
        return page

    def _make(self, entry: PageEntry) -> Page:
        module, _, name = entry.source.partition(":")
        begun = time.perf_counter()
        try:
            made: Page = getattr(importlib.import_module(module), name)(self._desk)
        except _FAILURES as error:
            _log.warning("page %s could not be loaded: %s", entry.id, error)
            return _Missing(self._desk, entry, error)
        _log.info("page %s in %.0f ms", entry.id, 1000 * (time.perf_counter() - begun))
        return made

    def commands(self) -> Sequence[Command]:
        """List the commands of the page in view."""
        return self._pages[self.current_id].commands() if self.current_id else ()

    def made(self) -> Sequence[Page]:
        """Return the pages that were made so far."""
        return tuple(self._pages.values())

    def release(self) -> None:
        """Let all pages end their threads and connections."""
        if self.current_id:
            self._pages[self.current_id].leave()
        for page in self._pages.values():
            page.release()
        self.current_id = ""
