"""What can be done with tracks and frames on the video page; each deed is one edit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtWidgets import QInputDialog, QWidget

from studio.domain.ids import Digest
from studio.domain.tracks import Track, TrackId, at
from studio.errors import StudioError
from studio.services.session import Session
from studio.ui.desk import Command, Desk
from studio.ui.pages.video.following import FollowStrip
from studio.ui.pages.video.player import Player
from studio.ui.pages.video.presenter import chosen_tracks, key_after, key_before

_NO_FILM = "Import a film first."
_NO_TRACK = "Select a track first."


class VideoDeeds:
    """The verbs of the page.

    Parameters
    ----------
    desk : Desk
        Tells what went wrong.
    player : Player
        Which frame is shown.
    strip : FollowStrip
        Lets trackers follow things.
    parent : QWidget
        Of dialogs.
    """

    def __init__(self, desk: Desk, player: Player, strip: FollowStrip, parent: QWidget) -> None:
        self._desk = desk
        self._session: Session = desk.session
        self._player = player
        self._strip = strip
        self._parent = parent
        self.selection: frozenset[str] = frozenset()
        """Tracks that are chosen, also where they do not stand on the frame."""

    def tracks(self) -> Sequence[Track]:
        """Return the tracks of the film, lowest first."""
        video = self._player.video
        return () if video is None else self._session.tracking.of(video.digest)

    def chosen(self) -> list[Track]:
        """Return the chosen tracks."""
        return chosen_tracks(self.tracks(), self.selection)

    def has_film(self) -> bool:
        """Whether a film is shown."""
        return self._player.video is not None

    def has_track(self) -> bool:
        """Whether a track is chosen."""
        return bool(self.selection)

    def attempt(self, deed: Callable[[], object]) -> bool:
        """Do something; what went wrong is told."""
        try:
            deed()
        except StudioError as error:
            self._desk.fail(error)
            return False
        return True

    def carry(self, track: str, source: int, target: int) -> None:
        """Let a keyframe stand on another frame."""
        tracking, film = self._session.tracking, self._film()
        self.attempt(lambda: tracking.carry(film, TrackId(track), source, target))

    def to_key(self, forth: bool) -> None:
        """Go to the next keyframe of the chosen tracks, or of all."""
        tracks = self.chosen() or self.tracks()
        found = (key_after if forth else key_before)(tracks, self._player.frame)
        if found is not None:
            self._player.pause()
            self._player.seek(found)

    def commands(self) -> list[Command]:
        """List the verbs."""
        player = self._player
        end = partial(player.seek, 10**9)
        return [
            self._one("play", "Play or pause", player.toggle, "L", "player-play"),
            self._one("back", "Frame back", partial(player.step, -1), ",", "chevron-left"),
            self._one("forth", "Frame forward", partial(player.step, 1), ".", "chevron-right"),
            self._one("back_10", "Ten frames back", partial(player.step, -10), "Shift+,"),
            self._one("forth_10", "Ten frames forward", partial(player.step, 10), "Shift+."),
            self._one("first", "First frame", partial(player.seek, 0), "Home"),
            self._one("last", "Last frame", end, "End"),
            self._one(
                "key_before", "Keyframe before", partial(self.to_key, False), "PgUp",
                "player-track-prev",
            ),
            self._one(
                "key_after", "Keyframe after", partial(self.to_key, True), "PgDown",
                "player-track-next",
            ),
            self._one("pick", "Pick this frame", self.pick, "G", "photo-plus"),
            self._one("pick_rate", "Pick frames at a rate", self.pick_at_rate, "Shift+G"),
            *self._track_commands(),
        ]  # fmt: skip

    def _track_commands(self) -> list[Command]:
        tracking = self._session.tracking
        return [
            self._of("key", "Add keyframe", partial(self._do, tracking.key), "I", "plus"),
            self._of(
                "unkey", "Remove keyframe", partial(self._do, tracking.unkey), "Shift+I", "minus"
            ),
            self._of("occluded", "Hidden or not from here", self.occlude, "O", "eye-off"),
            self._of("outside", "Out of the picture or back", self.put_outside, "Shift+O", "x"),
            self._of("split", "Split track here", partial(self._do, tracking.split), "S", "unlink"),
            self._of("merge", "Merge tracks", self.merge, "Shift+S", "link"),
            self._of("end", "End track here", self.end, "W", "player-stop"),
            self._of("follow", "Follow from here", self.follow, "D", "route"),
            self._of("accept", "Accept proposed keyframes", self.accept, "A", "check"),
            self._of("delete", "Delete track", self.delete, "Delete", "trash"),
        ]

    def occlude(self) -> None:
        """Say that things are hidden from here on, or no longer where all of them are."""
        here = [at(track, self._player.frame) for track in self.chosen()]
        on = not all(one is not None and one.occluded for one in here)
        self._do(self._session.tracking.occluded, on)

    def put_outside(self) -> None:
        """Say that things are out of the picture from here on, or back where all of them are."""
        on = any(at(track, self._player.frame) is not None for track in self.chosen())
        self._do(self._session.tracking.outside, on)

    def merge(self) -> None:
        """Make one track of those that are chosen."""
        tracking, film = self._session.tracking, self._film()
        self.attempt(lambda: tracking.merge(film, self._ids()))

    def end(self) -> None:
        """Let the chosen tracks end with this frame."""
        tracking, film, frame = self._session.tracking, self._film(), self._player.frame
        self.attempt(lambda: tracking.end(film, self._ids(), frame + 1))

    def follow(self) -> None:
        """Let a tracker say where the chosen things go from here to the end of the film."""
        video = self._player.video
        assert video is not None, "the commands ask for a film"
        self._player.pause()
        self._strip.start(video.digest, self._ids(), self._player.frame, video.frames - 1)

    def accept(self) -> None:
        """Take the proposed keyframes of the chosen tracks as looked at."""
        tracking, film = self._session.tracking, self._film()
        self.attempt(lambda: tracking.accept(film, self._ids()))

    def delete(self) -> None:
        """Take the chosen tracks away as a whole."""
        tracking, film = self._session.tracking, self._film()
        ids = self._ids()
        if self.attempt(lambda: tracking.delete(film, ids)):
            noun = "track" if len(ids) == 1 else "tracks"
            self._desk.toast(f"Deleted {len(ids):,} {noun}. Undo brings them back.")

    def pick(self) -> None:
        """Make this frame a picture of the project."""
        film, frame = self._film(), self._player.frame
        picked = self._session.filming.picked(film)
        if frame not in picked:
            self.attempt(lambda: self._session.filming.pick(film, [frame]))
            picked = self._session.filming.picked(film)
        media = picked.get(frame)
        if media is not None:
            show = Command("video.show_picked", "Label it", partial(self._label, media))
            self._desk.toast(f"Frame {frame:,} is a picture of the project.", "success", show)

    def pick_at_rate(self) -> None:
        """Ask for a rate, and make the frames pictures; one undo takes them back."""
        rate, given = QInputDialog.getDouble(
            self._parent, "Pick frames at a rate", "Frames per second", 1.0, 0.001, 1000.0, 3
        )
        if not given:
            return
        filming, film = self._session.filming, self._film()
        before = len(filming.picked(film))
        if self.attempt(lambda: filming.pick(film, filming.rate(film, per_second=rate))):
            new = len(filming.picked(film)) - before
            self._desk.toast(f"{new:,} frames are pictures of the project now.", "success")

    def _label(self, media: str) -> None:
        self._desk.go("label", media=media)

    def _do(self, verb: Callable[..., object], *said: object) -> None:
        """Do something to the chosen tracks on this frame, as one edit."""
        film, frame = self._film(), self._player.frame
        self.attempt(lambda: verb(film, self._ids(), frame, *said))

    def _ids(self) -> list[TrackId]:
        return [track.id for track in self.chosen()]

    def _film(self) -> Digest:
        video = self._player.video
        assert video is not None, "the commands ask for a film"
        return video.digest

    def _one(
        self, verb: str, title: str, run: Callable[[], object], key: str, icon: str = ""
    ) -> Command:
        return Command(f"video.{verb}", title, run, key, icon, "", self.has_film, _NO_FILM)

    def _of(
        self, verb: str, title: str, run: Callable[[], object], key: str, icon: str = ""
    ) -> Command:
        return Command(f"video.{verb}", title, run, key, icon, "Edit", self.has_track, _NO_TRACK)
