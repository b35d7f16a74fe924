"""What a night is composed of, made before its first keyframe: its cast cut out, its places dressed."""

from typing import Any

from moostik_assets.catalogue.models import Episode
from moostik_assets.catalogue.theme_in_force import theme_of_place
from moostik_assets.dreams.keyframes import FOLDER, dream_engine, dream_episode, dream_preparation, prepared_keyframes
from moostik_assets.dreams.night import Night
from moostik_assets.dreams.rotation import scenes
from moostik_assets.references.fetching import fetch_missing
from moostik_assets.world.bake_render import bake_backgrounds, log_baked
from moostik_assets.world.cutout_record import cut_out_cast
from resources.ledger import EmitEvent, Ledger


def dress(night: Night, ledger: Ledger, emit: EmitEvent, log: Any) -> None:
    """Fetch what a night is composed of, cut out its cast, and dress its places.

    Where it costs something to dress a place, its master stands in.

    Raises:
        NothingToDreamOf: the catalogue has nothing for this night.
    """
    studio = night.studio
    engine = dream_engine(studio, night.settings)
    found = scenes(studio.catalogue, night.day, night.settings.keyframes)
    shots = [shot for scene in found for shot in dream_episode(studio.catalogue, scene, night.day).shots]
    for url, result in fetch_missing(studio, Episode(id=FOLDER, shots=tuple(shots))).items():
        if result.error:
            log.warning("reference %s cannot be had: %s", url.partition("?")[0], result.error)
    keyframes = prepared_keyframes(dream_preparation(studio, engine), found, night.day)
    cast = list(dict.fromkeys(key for keyframe in keyframes for key in keyframe.variation.cutouts))
    cut_out_cast(studio, cast, ledger, emit, log)
    if studio.background_engine(engine.name).capabilities.usd_per_image == 0:
        places = dict.fromkeys(scene.place for scene in found if scene.place)
        pairs = [(place, theme_of_place(studio.catalogue, place)) for place in places]
        bake_backgrounds(studio, pairs, ledger, emit, log_baked(log))
