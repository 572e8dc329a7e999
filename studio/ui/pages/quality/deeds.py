"""What is done on the Quality page."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Protocol

from PySide6.QtWidgets import QTabWidget

from studio.domain.media import LABELLED
from studio.errors import StudioError
from studio.services.job_runner import Submission
from studio.services.quality import Settled
from studio.ui.desk import Command, Desk
from studio.ui.forms.number_field import NumberField
from studio.ui.pages.quality.agreement_panel import AgreementPanel
from studio.ui.pages.quality.alike_panel import AlikePanel
from studio.ui.pages.quality.checks_panel import ChecksPanel
from studio.ui.pages.quality.errors_panel import ErrorsPanel
from studio.ui.pages.quality.presenter import QualityPresenter
from studio.ui.widgets.job_strip import JobStrip


class Shown(Protocol):
    """The page as its deeds see it."""

    desk: Desk
    presenter: QualityPresenter
    strip: JobStrip
    tabs: QTabWidget
    agreement: AgreementPanel
    errors: ErrorsPanel
    alike: AlikePanel
    checks: ChecksPanel

    def arrive(self) -> None:
        """Read everything again."""


class QualityDeeds:
    """The verbs of the page.

    Parameters
    ----------
    page : Shown
        Its fields say how, and it shows what came of it.
    """

    def __init__(self, page: Shown) -> None:
        self._page = page
        self._desk = page.desk

    def commands(self) -> list[Command]:
        """List what can be done on the page."""
        checks, none = self._has_checks, "Keep some pictures as checks first."
        return [
            Command("quality.rank", "Rank labels", self.rank, "R", "list-check", "Run"),
            Command("quality.compare", "Compare pictures", self.compare, "C", "copy", "Run"),
            Command("quality.assign", "Assign pictures", self.assign, "A", "clipboard-plus", "Run"),
            Command("quality.work_as", "Label as this person", self.work_as, "L", "tag", "Go"),
            Command("quality.settle", "Propose the consensus", self.settle, "S", "git-fork", "Run"),
            Command("quality.keep_checks", "Keep as checks", self.keep_checks, "K", "lock", "Run"),
            Command(
                "quality.release_checks", "Release all checks", self.release_checks, "",
                "lock-open", "Run", checks, none,
            ),
        ]  # fmt: skip

    def rank(self) -> None:
        """Rank labels by how wrong they look."""
        looking = self._desk.session.quality.looking
        kind, digest = self._page.errors.judge_chosen()
        self._page.tabs.setCurrentWidget(self._page.errors)
        if kind == "package" and digest is not None:
            self._begin(partial(looking.rank_shapes, digest), "Ranking labels")
        else:
            self._begin(partial(looking.rank_labels, digest), "Ranking labels")

    def compare(self) -> None:
        """Look for pictures that look alike."""
        bits = min(max(_whole(self._page.alike.bits, 4), 0), 12)
        looking = self._desk.session.quality.looking
        self._page.tabs.setCurrentWidget(self._page.alike)
        self._begin(partial(looking.find_duplicates, bits), "Comparing pictures")

    def assign(self) -> None:
        """Give the named person pictures that carry labels, or any if none does."""
        quality, media = self._desk.session.quality, self._desk.session.project.state.media
        name = self._page.agreement.person.currentText().strip()
        self._page.tabs.setCurrentWidget(self._page.agreement)
        share = min(max(_whole(self._page.agreement.share, 0), 0), 50) / 100
        if not self._has_checks():
            share = 0.0
        had = set(quality.annotators.queue(name))
        wanted = max(_whole(self._page.agreement.count, 100), 0)
        enough = wanted + len(had)
        found = media.page(0, enough, LABELLED) or media.page(0, enough)
        chosen = [item.id for item in found if item.id not in had][:wanted]
        self._do(partial(quality.annotators.assign, name, chosen, checks=share), self._assigned)

    def work_as(self) -> None:
        """Go on in the queue of the named person, on the Label page."""
        annotators = self._desk.session.quality.annotators
        name = self._page.agreement.person.currentText().strip()
        try:
            layer, item = annotators.layer(name), annotators.next(name)
        except StudioError as error:
            self._desk.fail(error)
            return
        self._desk.session.labelling.layer = layer
        if item is None:
            self._desk.toast(f"{name} has seen every picture of the queue.", "success")
            return
        self._desk.go("label", media=item.id)

    def settle(self) -> None:
        """Lay down what most people mean as proposals."""
        agreeing = self._desk.session.quality.agreeing
        self._do(agreeing.settle, self._settled)

    def keep_checks(self) -> None:
        """Keep the truth of some labelled pictures."""
        checks, count = (
            self._desk.session.quality.checks,
            max(_whole(self._page.checks.count, 50), 1),
        )
        self._page.tabs.setCurrentWidget(self._page.checks)
        self._do(lambda: checks.keep(count=count), lambda kept: None)

    def release_checks(self) -> None:
        """Forget the truth of all checks; undo brings it back."""
        self._do(self._desk.session.quality.checks.release, lambda gone: None)

    def _do(self, deed: Callable[[], object], then: Callable[[object], None]) -> None:
        try:
            result = deed()
        except StudioError as error:
            self._desk.fail(error)
            return
        then(result)
        self._page.arrive()

    def _begin(self, order: Callable[[], Submission], title: str) -> None:
        if self._page.strip.busy:
            self._desk.toast("One thing after the other: a job of this page runs.", "warning")
            return
        try:
            submission = order()
        except StudioError as error:
            self._desk.fail(error)
            return
        self._page.strip.follow(submission, title)

    def _assigned(self, count: object) -> None:
        name = self._page.agreement.person.currentText().strip()
        self._desk.toast(f"{count} pictures wait for {name}.", "success")

    def _settled(self, told: object) -> None:
        assert isinstance(told, Settled)
        said = self._page.presenter.settled_said(told)
        self._page.agreement.show_settled(said, self._page.presenter.open_rows(told))

    def _has_checks(self) -> bool:
        return bool(self._desk.session.quality.checks.pictures())


def _whole(field: NumberField, otherwise: int) -> int:
    value = field.value()
    return int(value) if isinstance(value, int | float) else otherwise
