from __future__ import annotations

from collections.abc import Callable

from fakes.open_project import Opener
from PySide6.QtWidgets import QPushButton

from studio.domain.jobs import JobExit, Progressed
from studio.errors import ComputeFailed
from studio.ui.item_models.job_words import duration
from studio.ui.shell.job_center import JobCenter
from studio.ui.window import Window

Until = Callable[[Callable[[], object]], None]


def test_a_running_job_is_seen_in_the_status_bar(
    project_window: Window, opener: Opener, until: Until
) -> None:
    session = opener.sessions[-1]
    progress = Progressed(done=450, total=1000, unit="steps", seconds_left=142)
    session.runner.put("job-1", "Train small CNN", "running", progress)
    session.project.events.job_changed.emit("job-1")
    until(lambda: "45 %" in project_window.bottom._job.text())
    assert "2 min 22 s left" in project_window.bottom._job.text()


def test_the_end_of_a_job_is_told_once(
    project_window: Window, opener: Opener, until: Until
) -> None:
    session = opener.sessions[-1]
    session.runner.put("job-1", "Train", "running")
    session.project.events.job_changed.emit("job-1")
    until(lambda: "Train" in project_window.bottom._job.text())
    session.runner.put(
        "job-1", "Train", "failed", exit=JobExit(state="failed", what_happened="No room.")
    )
    for _ in range(3):
        session.project.events.job_changed.emit("job-1")
    until(lambda: "No jobs" in project_window.bottom._job.text())
    told = [m.text for m in project_window.news.messages if "failed" in m.text]
    assert told == ["Train failed. No room."]


def test_jobs_are_paused_resumed_and_cancelled_by_button(
    project_window: Window, opener: Opener
) -> None:
    runner = opener.sessions[-1].runner
    center = project_window.findChild(JobCenter)
    assert center is not None
    project_window.panels.show("jobs")

    def press(title: str) -> None:
        button = next(b for b in center.findChildren(QPushButton) if b.text() == title)
        assert button.isEnabled(), title
        button.click()

    runner.put("job-1", "Train", "running")
    center.refresh()
    press("Pause job")
    press("Cancel job")
    runner.put("job-1", "Train", "lost")
    center.refresh()
    press("Resume job")
    assert runner.asked == [("pause", "job-1"), ("cancel", "job-1"), ("resume", "job-1")]
    assert "Reading pictures" in center._log.toPlainText()


def test_a_command_on_jobs_says_why_it_cannot_be_done(project_window: Window) -> None:
    assert not project_window.registry.run("job.pause")
    assert "No running job" in project_window.bottom._hint.text()


def test_a_thousand_events_are_told_in_a_few_signals(
    project_window: Window, opener: Opener, until: Until
) -> None:
    assert project_window.desk is not None
    told: list[list[str]] = []
    project_window.desk.bridge.jobs_changed.connect(told.append)
    for number in range(1000):
        opener.sessions[-1].project.events.job_changed.emit(f"job-{number % 7}")
    until(lambda: told)
    assert len(told) <= 2
    assert {job for jobs in told for job in jobs} == {f"job-{n}" for n in range(7)}


def test_trouble_with_a_host_is_told_once_and_polling_goes_on(
    project_window: Window, opener: Opener, until: Until
) -> None:
    runner = opener.sessions[-1].runner
    runner.trouble = ComputeFailed("The host cannot be reached.", "Check the cable.")
    begun = runner.polls
    until(lambda: runner.polls > begun + 3)
    until(lambda: project_window.news.messages)
    texts = [message.text for message in project_window.news.messages]
    assert texts == ["The host cannot be reached. Check the cable."]


def test_durations_are_said_in_two_units() -> None:
    assert duration(42.4) == "42 s"
    assert duration(200) == "3 min 20 s"
    assert duration(3600 * 2 + 300) == "2 h 5 min"
