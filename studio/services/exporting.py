"""Exporting: what a format would lose, told before anything is written."""

from __future__ import annotations

from studio.api.losses import Loss, keeps_of, losses
from studio.domain.labels import AnnotatedMedia
from studio.domain.project import Project
from studio.errors import InvalidParameters
from studio.services.plugin_host import PluginHost


class Exporting:
    """Reports of exports.

    Parameters
    ----------
    project : Project
        Whose labels would be written.
    plugins : PluginHost
        Brings the formats.
    """

    def __init__(self, project: Project, plugins: PluginHost) -> None:
        self._project = project
        self._plugins = plugins

    def losses(self, format: str) -> list[Loss]:  # noqa: A002
        """Say what a format would lose of the labels as they are now.

        Raises
        ------
        NotFound
            If there is no such format.
        InvalidParameters
            If it is only read.
        """
        form = self._plugins.format(format)
        if not form.writes:
            raise InvalidParameters(f"{form.title} is only read.", "Choose one that is written.")
        state = self._project.state
        items = [
            AnnotatedMedia(media=state.media.get(media), shapes=tuple(shapes))
            for media, shapes in state.annotations.all()
            if media in state.media
        ]
        return losses(keeps_of(form), state.schema, items)
