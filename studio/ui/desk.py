"""What a page sees of the window: the open session, its events, and a few verbs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Literal, Protocol

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from studio.domain.ids import JsonValue

if TYPE_CHECKING:
    # The window shows itself before the services of a project are loaded.
    from studio.services.session import Session
    from studio.ui.media_queue import Queue


class Bridge(QObject):
    """Events of the session, brought to the GUI thread and coalesced by one timer."""

    edited = Signal(object)
    """The project's state changed; carries the edit."""
    jobs_changed = Signal(list)
    """Ids of jobs with new messages or a new state, at most some 20 times a second."""
    artefact_added = Signal(object)
    """Carries the `ArtefactRecord`."""


@dataclass(frozen=True)
class Command:
    """One thing a person can do, as data: menus, palette, shortcuts and help read it."""

    id: str
    """`page.verb`, for example `label.next_picture`."""
    title: str
    """Sentence case, in the imperative."""
    run: Callable[[], object]
    shortcut: str = ""
    """As `QKeySequence` reads it; acts while the page is shown."""
    icon: str = ""
    """Name of an SVG in `resources/icons`."""
    menu: str = ""
    """Name of the menu it also stands in: File, Edit, View, Go, Run or Help."""
    enabled: Callable[[], bool] = field(default=lambda: True)
    why_not: str = ""
    """Why it cannot be done now, shown in the palette beside a disabled command."""


class Desk(Protocol):
    """The window as pages see it."""

    @property
    def session(self) -> Session:
        """The open project with every deed."""

    @property
    def bridge(self) -> Bridge:
        """Its events, on the GUI thread."""

    @property
    def queue(self) -> Queue:
        """Which of its pictures are looked at, on all pages."""

    def go(self, page: str, **focus: JsonValue) -> None:
        """Show another page and tell it what to look at, for example `go("label", media=id)`."""

    def toast(
        self,
        text: str,
        level: Literal["info", "success", "warning", "error"] = "info",
        action: Command | None = None,
    ) -> None:
        """Tell news in passing; they also stand in the message list."""

    def hint(self, text: str) -> None:
        """Show what the pointer or the tool can do now, at the right of the status bar."""

    def fail(self, error: BaseException) -> None:
        """Show an error: a `StudioError` as a toast with what to do, anything else as a crash."""

    def colour(self, token: str) -> str:
        """Return a token of the theme in use as `#rrggbb`; see `resources/themes`."""


class Page(QWidget):
    """One page of the window. It lays out; what is shown is decided by its Qt-free presenter.

    Subclasses set the class variables and may override the methods. A page is never disabled: where
    something is missing it shows an empty state with the next step.
    """

    id: ClassVar[str]
    title: ClassVar[str]
    icon: ClassVar[str]

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.desk = desk

    def commands(self) -> Sequence[Command]:
        """List what a person can do on this page."""
        return ()

    def focus_on(self, **focus: JsonValue) -> None:
        """Look at what another page asked for; unknown words are passed over."""

    def arrive(self) -> None:
        """Called when the page comes into view; refresh what may have changed."""

    def leave(self) -> None:
        """Called when the page goes out of view."""

    def release(self) -> None:
        """Called before the project is closed: end threads and connections."""
