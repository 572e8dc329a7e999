"""Every error a person may see, and the tree they hang on.

StudioError
├── BadInput                 what was given cannot be used
│   ├── UnreadableImage      a file that is no image, is cut short or is too large to be honest
│   ├── UnreadableFilm       a file that is no film, is cut short or has no frame
│   ├── UnreadableLabels     an annotation file that breaks its own format
│   ├── UnsafeArchive        an archive whose members point outside of it
│   ├── InvalidParameters    a parameter outside its range, or one that does not exist
│   └── InvalidGraph         a pipeline with a cycle, a missing input or a wrong type
├── NotFound                 a project, object, model or plugin that is not there
├── Conflict                 two hands on one thing (a locked project, a name in use)
├── Damaged                  stored bytes that no longer match their digest
├── PluginFailed             a plugin that could not be loaded or broke while it ran
├── ComputeFailed            a job that could not be started, reached or finished
│   ├── HostUntrusted        an SSH host whose key is unknown or has changed
│   └── OutOfMemory          the device had no room for the model or the batch
├── Cancelled                the person asked for the end; nothing is wrong
└── Paused                   the person asked for a pause; a checkpoint was written

Whatever is not a `StudioError` is a defect of the studio and goes to the crash reporter.
"""

from __future__ import annotations


class StudioError(Exception):
    """An error with two sentences for a person: what happened, and what to do about it."""

    exit_code = 1

    def __init__(self, what_happened: str, what_to_do: str = "") -> None:
        super().__init__(what_happened)
        self.what_happened = what_happened
        self.what_to_do = what_to_do

    def __str__(self) -> str:
        return f"{self.what_happened} {self.what_to_do}".rstrip()


class BadInput(StudioError):
    """What was given cannot be used."""

    exit_code = 2


class UnreadableImage(BadInput):
    """A file that is no image, is cut short or claims an absurd size."""


class UnreadableFilm(BadInput):
    """A file that is no film, is cut short or has no frame that can be decoded."""


class UnreadableLabels(BadInput):
    """An annotation file that breaks the rules of its own format."""


class UnsafeArchive(BadInput):
    """An archive whose members point outside of it, or which unpacks to an absurd size."""


class InvalidParameters(BadInput):
    """A parameter outside its range, of the wrong type, or one that does not exist."""


class InvalidGraph(BadInput):
    """A pipeline with a cycle, a missing input, an unknown operation or a wrong type."""


class NotFound(StudioError):
    """A project, object, model or plugin that is not there."""

    exit_code = 3


class Conflict(StudioError):
    """Two hands on one thing: a project open elsewhere, a name already in use."""

    exit_code = 4


class Damaged(StudioError):
    """Stored bytes that no longer match their digest."""

    exit_code = 5


class PluginFailed(StudioError):
    """A plugin that could not be loaded, or that broke while it ran."""

    exit_code = 6


class ComputeFailed(StudioError):
    """A job that could not be started, reached or finished."""

    exit_code = 7


class HostUntrusted(ComputeFailed):
    """An SSH host whose key is unknown or differs from the one seen before."""


class OutOfMemory(ComputeFailed):
    """The device had no room for the model or the batch."""


class Cancelled(StudioError):
    """The person asked for the end; nothing is wrong."""

    exit_code = 130


class Paused(StudioError):
    """The person asked for a pause; a checkpoint was written and the device is free."""

    exit_code = 0
