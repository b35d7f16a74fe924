"""The studio as a Dagster resource: one studio a run, or the one that the command has open already."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

import dagster as dg
from pydantic import Field, PrivateAttr

from moostik_assets.automation.liveness import alive
from moostik_assets.settings import Settings
from moostik_assets.studio import Studio

_lent: list[Studio] = []


@contextmanager
def lend(studio: Studio) -> Iterator[None]:
    """Let the runs of this process use an open studio, so that its renderer stays warm across them."""
    _lent.append(studio)
    try:
        yield
    finally:
        _lent.remove(studio)


class StudioResource(dg.ConfigurableResource):
    """Catalogue, store and renderers for the assets.

    Example:
        `StudioResource(data="/series/data", output="/series/output")`
    """

    data: str = Field(description="The catalogue's folder")
    output: str = Field(description="Where images go: a folder, or the URL of an object store")

    _studio: Studio | None = PrivateAttr(default=None)

    @property
    def studio(self) -> Studio:
        """The open studio.

        Raises:
            RuntimeError: used outside a run.
        """
        if self._studio is None:
            raise RuntimeError("the studio is open during a run only")
        return self._studio

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator["StudioResource"]:
        """Open the studio for a run; a lent one is left open at the end."""
        settings = Settings().model_copy(update={"data": self.data, "output": self.output})
        lent = next((s for s in _lent if (str(s.settings.data), s.settings.output) == (self.data, self.output)), None)
        if lent is not None:
            self._studio = lent
            yield self
            return
        settings = Settings.model_validate(settings.model_dump())
        # The lock comes first: a run that has started and holds none is taken for dead after a while.
        with _alive(context), Studio(settings) as studio:
            self._studio = studio
            yield self


def _alive(context: dg.InitResourceContext) -> AbstractContextManager[None]:
    if context.run is None or context.instance is None:
        return nullcontext()
    return alive(Path(context.instance.root_directory), context.run.run_id)
