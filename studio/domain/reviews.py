"""Review: how far a picture's labels are, and what people say about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, ClassVar, Literal, NewType, Protocol, TypeAlias

from pydantic import Field

from studio.domain.artefacts import Value
from studio.domain.geometry import Box
from studio.domain.labels import ShapeId
from studio.domain.media import MediaId

ReviewState: TypeAlias = Literal["open", "labelled", "approved", "rejected"]
REVIEW_STATES: tuple[ReviewState, ...] = ("open", "labelled", "approved", "rejected")
"""In the order in which a picture goes through them; a rejected one goes back to its labeller."""

CommentId = NewType("CommentId", str)


class Review(Value):
    """How far a picture is."""

    state: ReviewState = "open"
    by: str = ""
    """Who said so."""
    at: float = 0.0
    """Seconds since 1970, UTC."""


OPEN = Review()
"""Of a picture that nobody has said anything about."""


class Reply(Value):
    """An answer to a comment."""

    text: Annotated[str, Field(min_length=1, max_length=10_000)]
    author: str = ""
    at: float = 0.0
    """Seconds since 1970, UTC."""


class Comment(Value):
    """What a person says about a place on a picture, a shape, or the picture as a whole."""

    id: CommentId
    media: MediaId
    text: Annotated[str, Field(min_length=1, max_length=10_000)]
    place: Box | None = None
    """Where it is pinned, px of the upright picture; None for the whole picture."""
    shape: ShapeId | None = None
    author: str = ""
    at: float = 0.0
    """Seconds since 1970, UTC."""
    resolved: bool = False
    replies: tuple[Reply, ...] = ()


class Reviews(Protocol):
    """The states of a project's pictures."""

    def of(self, media: MediaId) -> Review:
        """Return the state of one picture."""

    def put(self, media: MediaId, review: Review) -> None:
        """Set the state of one picture."""

    def counts(self) -> Mapping[ReviewState, int]:
        """Return how many pictures of the project are in each state."""


class Comments(Protocol):
    """The comments of a project."""

    def of(self, media: MediaId) -> Sequence[Comment]:
        """Return the comments on one picture, oldest first."""

    def put(self, comment: Comment) -> None:
        """Add a comment, or replace the one with its id."""

    def remove(self, id: CommentId) -> None:  # noqa: A002
        """Take a comment away."""

    def all(self, *, resolved: bool | None = None) -> Sequence[Comment]:
        """Return all comments, oldest first; only (un)resolved ones if asked for."""


class HasReviews(Protocol):
    """The part of a project that edits of reviews need."""

    @property
    def reviews(self) -> Reviews:
        """How far its pictures are."""

    @property
    def comments(self) -> Comments:
        """What people say."""


class SetReviews(Value):
    """Edit: pictures get another state."""

    kind: ClassVar[str] = "reviews.set"
    before: tuple[tuple[MediaId, Review], ...]
    after: tuple[tuple[MediaId, Review], ...]
    title: str = "Change review state"

    def do(self, project: HasReviews) -> None:
        """Set the new states."""
        for media, review in self.after:
            project.reviews.put(media, review)

    def undo(self, project: HasReviews) -> None:
        """Bring the old states back."""
        for media, review in self.before:
            project.reviews.put(media, review)


class SetComment(Value):
    """Edit: a comment comes (`before` is None), changes, or goes (`after` is None)."""

    kind: ClassVar[str] = "comment.set"
    before: Comment | None = None
    after: Comment | None = None
    title: str = "Comment"

    def do(self, project: HasReviews) -> None:
        """Bring about `after`."""
        _swap(project, self.before, self.after)

    def undo(self, project: HasReviews) -> None:
        """Bring back `before`."""
        _swap(project, self.after, self.before)


def _swap(project: HasReviews, old: Comment | None, new: Comment | None) -> None:
    if new is not None:
        project.comments.put(new)
    elif old is not None:
        project.comments.remove(old.id)
