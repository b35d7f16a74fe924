"""What one process works with: the settings, the catalogue, the store, the renderers. Built once, closed at the end."""

import io
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from PIL import Image

from moostik_assets.catalogue.image_paths import image_path, is_url
from moostik_assets.catalogue.loading import LoadedCatalogue, load_catalogue
from moostik_assets.catalogue.models import Catalogue, Episode
from moostik_assets.catalogue.theme_in_force import on_day
from moostik_assets.settings import Settings
from resources.cutout_index import KeptCutOut
from resources.file_hashes import FileHashes
from resources.image_probe import BrokenImageError, probe_image
from resources.image_store import ImageStore
from resources.reference_fetch import ReferenceFetcher
from resources.rendering.base import Engine, Renderer, RendererContext
from resources.rendering.options import options_from_environment
from resources.rendering.ray import create_renderer_where_asked
from resources.rendering.request import ImageInput, RenderRequest

DEFAULT_RENDERER = "preview"


class Studio:
    """Settings, catalogue, store and renderers of one process. Use as a context manager, or `close` it."""

    def __init__(self, settings: Settings, loaded: LoadedCatalogue | None = None) -> None:
        self.settings = settings
        loaded = loaded if loaded is not None else load_catalogue(settings.data_root)
        # The one place where a day enters: a world whose theme is "auto" is in a theme from here on.
        self._authored = loaded.catalogue
        self.loaded = replace(loaded, catalogue=on_day(loaded.catalogue, settings.today or date.today()))
        self.store = ImageStore(settings.output_root)
        self._renderers: dict[str, Renderer] = {}
        self._kept: set[str] = set()
        self.own_cut_outs: dict[str, KeptCutOut | None] = {}
        """Which pictures are their own cut-outs, as far as this process has looked."""
        self._in_place = ""

    @property
    def catalogue(self) -> Catalogue:
        """The catalogue, without its broken entities."""
        return self.loaded.catalogue

    @cached_property
    def hashes(self) -> FileHashes:
        """sha256 of files, remembered between processes."""
        return FileHashes(self.settings.state_root / "cache" / "file-hashes.json")

    @cached_property
    def fetcher(self) -> ReferenceFetcher:
        """Reference URLs whose bytes are in the store."""
        return ReferenceFetcher(self.store)

    def renderer_name(self, asked: str | None = None, episode: Episode | None = None) -> str:
        """The renderer asked for, else that of the settings, else of the episode, else of the series, else preview."""
        given = asked or self._in_place or self.settings.renderer
        own = episode.renderer if episode is not None else ""
        return given or own or self.catalogue.series.renderer or DEFAULT_RENDERER

    def background_renderer_name(self, asked: str | None = None) -> str:
        """The renderer that dresses places, beside variations by the renderer asked for."""
        own = self.settings.background_renderer or self.catalogue.series.background_renderer
        return own or self.renderer_name(asked)

    def renderer_options(self, name: str) -> dict[str, Any]:
        """What a renderer is built with: the options of the series, and those of the environment over them."""
        count = self.settings.workers
        workers = {} if count is None or name != DEFAULT_RENDERER else {"workers": count}
        of_series = self.catalogue.series.renderer_options.get(name, {})
        return {**of_series, **workers, **options_from_environment(name, os.environ)}

    @contextmanager
    def rendering_with(self, name: str | None) -> Iterator[None]:
        """Have a renderer stand in place of the series' own while the block runs, which then need not be installed."""
        before, self._in_place = self._in_place, name or self._in_place
        try:
            yield
        finally:
            self._in_place = before

    @contextmanager
    def on_day(self, day: date) -> Iterator[None]:
        """Have a world whose theme is "auto" follow another day while the block runs."""
        before, self.loaded = self.loaded, replace(self.loaded, catalogue=on_day(self._authored, day))
        try:
            yield
        finally:
            self.loaded = before

    def renderer(self, name: str) -> Renderer:
        """A renderer by name, kept warm until `close`.

        Raises:
            RendererUnavailable: no renderer of that name, or its plug-in is broken.
        """
        if name not in self._renderers:
            options = self.renderer_options(name)
            scratch = self.settings.state_root / "scratch" / name
            context = RendererContext(read_image=self.store.read, scratch=scratch, options=options)
            self._renderers[name] = create_renderer_where_asked(name, context, self.renderer_options("ray"))
        return self._renderers[name]

    def engine(self, asked: str | None = None, episode: Episode | None = None) -> Engine:
        """What the requests of a renderer are fitted to."""
        name = self.renderer_name(asked, episode)
        renderer = self.renderer(name)
        counter = getattr(renderer, "count_prompt", None)
        return Engine(name, renderer.capabilities, renderer.fingerprint(), counter)

    def background_engine(self, asked: str | None = None) -> Engine:
        """What the requests of backgrounds are fitted to, beside variations by the renderer asked for."""
        return self.engine(self.background_renderer_name(asked))

    def image_path(self, reference: str) -> Path | None:
        """The file of a reference; None for a URL, and where there is no such file."""
        path = None if is_url(reference) else image_path(self.loaded.data_dir, reference)
        return path if path is not None and path.is_file() else None

    def image_hash(self, reference: str) -> str | None:
        """sha256 of a reference's bytes, without the network; None where they cannot be had."""
        if is_url(reference):
            return self.fetcher.known(reference)
        path = self.image_path(reference)
        return self.hashes.sha256(path) if path is not None else None

    def image_size(self, reference: str) -> tuple[int, int] | None:
        """Width and height in pixels of a reference image; None where its bytes cannot be had, or are no image."""
        path = self.image_path(reference)
        try:
            if path is not None:
                header = probe_image(path)
                return header.width, header.height
            sha256 = self.image_hash(reference)
            if sha256 is None:
                return None
            with Image.open(io.BytesIO(self.store.read(sha256))) as image:
                return image.size
        except (BrokenImageError, OSError, KeyError):
            return None

    def keep_inputs(self, images: Iterable[tuple[ImageInput, str]]) -> None:
        """Put the bytes of references (a request's input, the catalogue's reference) where the renderer reads them.

        Raises:
            ValueError: the bytes that the request names cannot be had: an image made without them is not its image.
        """
        for image, reference in dict.fromkeys(images):
            sha256 = image.sha256
            if sha256 is None or sha256 in self._kept:
                continue
            if not (self.store.has_input(sha256) and self._is_whole(sha256)):
                path = self.image_path(reference)
                if path is None:
                    raise ValueError(f"the bytes of {reference} are gone from the store; run again to have them back")
                self.store.put_input_file(path, sha256)
            self._kept.add(sha256)

    def _is_whole(self, sha256: str) -> bool:
        try:
            return bool(self.store.read(sha256))
        except KeyError:
            return False

    def render_request(self, request: RenderRequest) -> bytes | str:
        """Render one request on the renderer that it names, giving its PNG or the reason why there is none."""
        for rendered in self.renderer(str(request.renderer.get("name", ""))).render([request]):
            return rendered.png if rendered.png is not None else (rendered.error or "no reason given")
        return "the renderer gave nothing back"

    def close(self) -> None:
        """End the renderers' workers, and remember the hashes."""
        for renderer in self._renderers.values():
            renderer.close()
        self._renderers.clear()
        if "hashes" in self.__dict__:
            self.hashes.save()

    def __enter__(self) -> "Studio":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
