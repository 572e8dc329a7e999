"""Pipelines, artefacts and jobs of a project, as tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from studio.domain.ids import Digest
from studio.domain.jobs import JobId
from studio.domain.pipelines import Graph, Layout, parse, write
from studio.domain.project import ArtefactRecord, JobRecord
from studio.errors import NotFound
from studio.storage.database import Database
from studio.storage.tables import artefacts, edges, graphs, jobs

_RECORD = (
    artefacts.c.digest,
    artefacts.c.kind,
    artefacts.c.title,
    artefacts.c.created,
    artefacts.c.job,
)


class StoredGraphs:
    """Fulfils `studio.domain.pipelines.Graphs`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, name: str) -> tuple[Graph, Layout] | None:
        """Return a pipeline and its layout, or None."""
        query = sa.select(graphs.c.graph, graphs.c.layout).where(graphs.c.name == name)
        with self._database.reading() as connection:
            row = connection.execute(query).first()
        return (parse(row.graph), Layout.model_validate_json(row.layout)) if row else None

    def put(self, name: str, graph: Graph, layout: Layout) -> None:
        """Keep a pipeline; one with no nodes, inputs or places is forgotten."""
        if not graph.nodes and not graph.inputs and not layout.positions:
            self.remove(name)
            return
        row = {"name": name, "graph": write(graph), "layout": layout.model_dump_json()}
        with self._database.writing() as connection:
            connection.execute(graphs.insert().prefix_with("OR REPLACE"), row)

    def remove(self, name: str) -> None:
        """Forget a pipeline."""
        with self._database.writing() as connection:
            connection.execute(graphs.delete().where(graphs.c.name == name))

    def names(self) -> Sequence[str]:
        """Return all names, sorted."""
        with self._database.reading() as connection:
            return list(connection.execute(sa.select(graphs.c.name).order_by("name")).scalars())


class StoredArtefacts:
    """Fulfils `studio.domain.project.ArtefactIndex`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, record: ArtefactRecord, made_from: Sequence[Digest] = ()) -> None:
        """Note an artefact and what it was made from; noting it again changes nothing."""
        rows = [{"source": source, "made": record.digest} for source in made_from]
        with self._database.writing() as connection:
            connection.execute(artefacts.insert().prefix_with("OR IGNORE"), record.model_dump())
            if rows:
                connection.execute(edges.insert().prefix_with("OR IGNORE"), rows)

    def of_kind(self, kind: str) -> Sequence[ArtefactRecord]:
        """Return artefacts of a kind, newest first."""
        chosen = sa.select(*_RECORD).where(artefacts.c.kind == kind)
        return self._records(chosen.order_by(artefacts.c.place.desc()))

    def get(self, digest: Digest) -> ArtefactRecord:
        """Return one record; raises `NotFound`."""
        found = self._records(sa.select(*_RECORD).where(artefacts.c.digest == digest))
        if not found:
            raise NotFound(f"The project knows no artefact {digest[:19]}….")
        return found[0]

    def sources(self, digest: Digest) -> Sequence[ArtefactRecord]:
        """Return what it was made from, directly."""
        joined = sa.select(*_RECORD).join(edges, edges.c.source == artefacts.c.digest)
        return self._records(joined.where(edges.c.made == digest).order_by(artefacts.c.place))

    def uses(self, digest: Digest) -> Sequence[ArtefactRecord]:
        """Return what was made from it, directly."""
        joined = sa.select(*_RECORD).join(edges, edges.c.made == artefacts.c.digest)
        return self._records(joined.where(edges.c.source == digest).order_by(artefacts.c.place))

    def _records(self, query: sa.Select[Any]) -> list[ArtefactRecord]:
        with self._database.reading() as connection:
            rows = connection.execute(query).mappings().all()
        return [ArtefactRecord.model_validate(dict(row)) for row in rows]


class StoredJobs:
    """Fulfils `studio.domain.project.JobIndex`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, record: JobRecord) -> None:
        """Note a job, or note it again with its handle."""
        body = record.model_dump_json()
        id_ = record.order.id
        with self._database.writing() as connection:
            changed = connection.execute(
                jobs.update().where(jobs.c.id == id_).values(record=body)
            ).rowcount
            if not changed:
                connection.execute(jobs.insert(), {"id": id_, "record": body})

    def get(self, id: JobId) -> JobRecord:  # noqa: A002
        """Return one record; raises `NotFound`."""
        query = sa.select(jobs.c.record).where(jobs.c.id == id)
        with self._database.reading() as connection:
            body = connection.execute(query).scalar()
        if body is None:
            raise NotFound(f"The project knows no job {id}.")
        return JobRecord.model_validate_json(body)

    def all(self) -> Sequence[JobRecord]:
        """Return all, newest first."""
        query = sa.select(jobs.c.record).order_by(jobs.c.place.desc())
        with self._database.reading() as connection:
            bodies = list(connection.execute(query).scalars())
        return [JobRecord.model_validate_json(body) for body in bodies]
