"""Reviewing: pictures go from hand to hand, and people say what is wrong where."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from pydantic import ValidationError

from studio.domain.artefacts import Value
from studio.domain.geometry import Box
from studio.domain.history import Edit
from studio.domain.ids import new_id
from studio.domain.labels import Shape, ShapeId
from studio.domain.media import MediaFilter, MediaId, MediaItem
from studio.domain.project import Batch, Project, ProjectState
from studio.domain.reviews import (
    Comment,
    CommentId,
    Reply,
    Review,
    ReviewState,
    SetComment,
    SetReviews,
)
from studio.errors import BadInput, Conflict, NotFound
from studio.person import person

V = TypeVar("V", bound=Value)

_DONE: Mapping[ReviewState, str] = {
    "open": "Reopen",
    "labelled": "Hand in",
    "approved": "Approve",
    "rejected": "Reject",
}


class Reviewing:
    """States and comments of a project's pictures; every verb is one edit.

    Parameters
    ----------
    project : Project
        Whose pictures they are.
    who : callable
        Says who works here.
    now : callable
        Says what time it is, s since 1970, UTC.
    """

    def __init__(
        self,
        project: Project,
        who: Callable[[], str] = person,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._project = project
        self._who = who
        self._now = now

    def of(self, media: MediaId) -> Review:
        """Return how far a picture is."""
        return self._project.state.reviews.of(media)

    def counts(self) -> Mapping[ReviewState, int]:
        """Return how many pictures are in each state."""
        return self._project.state.reviews.counts()

    def hand_in(self, media: Sequence[MediaId]) -> int:
        """Say that pictures are labelled and wait for review; returns how many changed."""
        return self._set(media, "labelled")

    def approve(self, media: Sequence[MediaId], *, four_eyes: bool = False) -> int:
        """Say that pictures are right; returns how many changed.

        Parameters
        ----------
        media : sequence of MediaId
            Of the project.
        four_eyes : bool
            Whether nobody may approve what they labelled themselves.

        Raises
        ------
        Conflict
            If `four_eyes` forbids it; then none is approved.
        """
        if four_eyes:
            self._forbid_own(media)
        return self._set(media, "approved")

    def reject(self, media: Sequence[MediaId], reason: str) -> int:
        """Give pictures back with a reason, which stands as a comment; returns how many changed.

        Raises
        ------
        BadInput
            If the reason is empty: nobody could mend anything.
        """
        if not reason.strip():
            raise BadInput("A picture is rejected for a reason.", "Say what is to be mended.")
        return self._set(media, "rejected", reason)

    def reopen(self, media: Sequence[MediaId]) -> int:
        """Forget what was said of how far pictures are; returns how many changed."""
        return self._set(media, "open")

    def waiting(self, state: ReviewState = "labelled") -> int:
        """Return how many pictures are in a state, by default those that wait for review."""
        return self._project.state.media.count(MediaFilter(review=state))

    def next(
        self, after: MediaId | None = None, state: ReviewState = "labelled"
    ) -> MediaItem | None:
        """Return the next picture in a state, from the beginning once the end is reached.

        Parameters
        ----------
        after : MediaId, optional
            The picture at hand; left out, the first is returned.
        state : ReviewState
            Waiting for review, if not said otherwise.

        Returns
        -------
        MediaItem or None
            None where no other picture is in this state.
        """
        media, where = self._project.state.media, MediaFilter(review=state)
        if after is not None and after in media:
            behind = media.following(after, where)
            if behind is not None:
                return behind
        first = next(iter(media.page(0, 1, where)), None)
        return None if first is None or first.id == after else first

    def comments(self, media: MediaId) -> Sequence[Comment]:
        """Return what is said about a picture, oldest first."""
        return self._project.state.comments.of(media)

    def unresolved(self) -> Sequence[Comment]:
        """Return all comments that wait for an answer or a deed, oldest first."""
        return self._project.state.comments.all(resolved=False)

    def comment(
        self,
        media: MediaId,
        text: str,
        place: Box | None = None,
        shape: ShapeId | None = None,
    ) -> Comment:
        """Say something about a place, a shape or a picture as a whole.

        Raises
        ------
        NotFound
            If the project has no such picture, or the picture no such shape.
        BadInput
            If the text is empty or too long, or the place has no extent.
        """
        self._project.state.media.get(media)
        if shape is not None and shape not in self._drawn(media):
            raise NotFound("The picture has no such shape.", "Comment on the picture instead.")
        if place is not None and (place.width < 0 or place.height < 0):
            raise BadInput("The place of the comment is inside out.", "Pull it open again.")
        said = self._comment(media, text, place, shape)
        self._project.perform(SetComment(after=said, title="Comment"))
        return said

    def reply(self, comment: Comment, text: str) -> Comment:
        """Answer a comment; errors as for `comment`."""
        answer = _made(Reply, text=text.strip(), author=self._who(), at=self._now())
        before = self._current(comment)
        return self._change(comment, "Reply", replies=(*before.replies, answer))

    def resolve(self, comment: Comment, *, resolved: bool = True) -> Comment:
        """Close a comment, or open it again."""
        title = "Resolve comment" if resolved else "Open comment again"
        return self._change(comment, title, resolved=resolved)

    def reword(self, comment: Comment, text: str) -> Comment:
        """Say it in other words; errors as for `comment`."""
        _made(Reply, text=text.strip())
        return self._change(comment, "Reword comment", text=text.strip())

    def withdraw(self, comment: Comment) -> None:
        """Take a comment away with its replies; undo brings it back."""
        now = self._current(comment)
        self._project.perform(SetComment(before=now, title="Withdraw comment"))

    def named(self, beginning: str) -> Comment:
        """Return the comment whose id begins so.

        Raises
        ------
        NotFound
            If there is none, or more than one.
        """
        found = [one for one in self._project.state.comments.all() if one.id.startswith(beginning)]
        if len(found) != 1:
            number = len(found) or "none"
            raise NotFound(
                f"“{beginning}” should name one comment, but {number} begin so.",
                "`studio review comments` lists them.",
            )
        return found[0]

    def _set(self, media: Sequence[MediaId], state: ReviewState, reason: str = "") -> int:
        """Bring pictures into a state, as one edit; those that are in it already stay as they are.

        A picture is rejected once more for another reason.
        """
        reviews = self._project.state.reviews
        for id_ in media:
            self._project.state.media.get(id_)
        before = [(id_, reviews.of(id_)) for id_ in dict.fromkeys(media)]
        if not reason:
            before = [(id_, review) for id_, review in before if review.state != state]
        if not before:
            return 0
        now = Review(state=state, by=self._who(), at=self._now())
        count = f"{len(before):,} pictures" if len(before) > 1 else "picture"
        title = f"{_DONE[state]} {count}"
        after = tuple((id_, now) for id_, _ in before)
        edits: list[Edit[ProjectState]] = [
            SetReviews(before=tuple(before), after=after, title=title)
        ]
        if reason:
            said = [self._comment(id_, reason) for id_, _ in before]
            edits += [SetComment(after=one, title=title) for one in said]
        self._project.perform(edits[0] if len(edits) == 1 else Batch.of(title, edits))
        return len(before)

    def _forbid_own(self, media: Sequence[MediaId]) -> None:
        me = self._who()
        for id_ in media:
            shapes = self._project.state.annotations.of(id_)
            handed_in = self._project.state.reviews.of(id_)
            own = handed_in.state == "labelled" and handed_in.by == me
            if own or any(shape.author == me for shape in shapes):
                name = self._project.state.media.get(id_).name
                raise Conflict(
                    f"“{name}” was labelled by {me or 'you'}, who may not approve it too.",
                    "Let somebody else look at it.",
                )

    def _drawn(self, media: MediaId) -> Mapping[ShapeId, Shape]:
        state = self._project.state
        layers = ("", *state.layers())
        return {shape.id: shape for name in layers for shape in state.layer(name).of(media)}

    def _comment(
        self,
        media: MediaId,
        text: str,
        place: Box | None = None,
        shape: ShapeId | None = None,
    ) -> Comment:
        return _made(
            Comment,
            id=CommentId(new_id("comment")),
            media=media,
            text=text.strip(),
            place=place,
            shape=shape,
            author=self._who(),
            at=self._now(),
        )

    def _change(self, comment: Comment, title: str, **changes: Any) -> Comment:
        before = self._current(comment)
        after = before.model_copy(update=changes)
        if after != before:
            self._project.perform(SetComment(before=before, after=after, title=title))
        return after

    def _current(self, comment: Comment) -> Comment:
        for one in self.comments(comment.media):
            if one.id == comment.id:
                return one
        raise NotFound("The comment is not there any more.", "Undo brings it back.")


def _made(kind: type[V], **values: Any) -> V:
    """Make a value out of what a person wrote."""
    try:
        return kind(**values)
    except ValidationError as error:
        raise BadInput(
            "A comment needs between 1 and 10,000 letters.", "Write something shorter, or anything."
        ) from error
