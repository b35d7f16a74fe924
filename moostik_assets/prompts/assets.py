"""The assets of a shot, which share its partitions and one step: `shot`, `resolved_references`, `enriched_prompt`."""

from collections.abc import Iterator, Sequence
from typing import Any

import dagster as dg

from moostik_assets.partitions import Partitions, partition_mapping
from moostik_assets.prompts.shots import PreparedShot, ShotPreparation
from moostik_assets.recording import RecordedAsset, Selection, selected
from moostik_assets.references.sheets import observe_sheets
from moostik_assets.studio import Studio
from moostik_assets.studio_resource import StudioResource
from resources.canonical import sha256_of_json
from resources.ledger import NO_PARTITION, EmitEvent, Entry, Ledger

OWNERS = ["team:story"]


def prepared_shots(studio: Studio, keys: Sequence[str], renderer: str | None = None) -> dict[str, PreparedShot]:
    """The shots of some keys, prepared for a renderer; keys that are not in the catalogue are left out."""
    return {shot.key: shot for shot, _ in _prepared(studio, keys, renderer)}


def _prepared(
    studio: Studio, keys: Sequence[str], renderer: str | None = None
) -> Iterator[tuple[PreparedShot, ShotPreparation]]:
    wanted: dict[str, set[str]] = {}
    for key in keys:
        episode, _, shot = key.partition("/")
        wanted.setdefault(episode, set()).add(shot)
    preparations: dict[str, ShotPreparation] = {}
    for id_, shot_ids in wanted.items():
        episode = studio.catalogue.episodes.get(id_)
        if episode is None:
            continue
        name = studio.renderer_name(renderer, episode)
        if name not in preparations:
            fallback = studio.settings.reference_fallback
            preparations[name] = ShotPreparation(studio.catalogue, studio.engine(name), fallback)
        for shot in preparations[name].shots(episode, shot_ids):
            yield shot, preparations[name]


def _shot_entries(studio: Studio, keys: Sequence[str]) -> list[Entry]:
    found = prepared_shots(studio, keys)
    return [
        Entry(
            key,
            sha256_of_json(found[key].shot.model_dump(mode="json")),
            inputs={"episode": [key.split("/", 1)[0]]},
            metadata=lambda s=found[key]: _shot_metadata(s),
        )
        for key in keys
        if key in found
    ]


def _shot_metadata(shot: PreparedShot) -> dict[str, Any]:
    return {
        "name": shot.shot.name,
        "description": dg.MetadataValue.text(shot.shot.description),
        "characters": ", ".join(shot.shot.character_ids),
        "locations": ", ".join(shot.shot.location_ids),
        "theme": shot.theme.name if shot.theme else "neutral",
    }


def _reference_entries(studio: Studio, keys: Sequence[str]) -> list[Entry]:
    found = prepared_shots(studio, keys)
    entries = []
    for key in keys:
        if key in found:
            shot = found[key]
            document = shot.references.to_json()
            hashes = [studio.image_hash(image.reference) for image in shot.references.images]
            entries.append(
                Entry(
                    key,
                    sha256_of_json([document, hashes]),
                    inputs={
                        "shot": [key],
                        "character_sheet": [character.id for character in shot.characters],
                        "location_sheet": [location.id for location in shot.locations],
                    },
                    metadata=lambda d=document: {
                        "images": d["totalCount"],
                        "validated": d["validatedCount"],
                        "references": dg.MetadataValue.json(d),
                    },
                )
            )
    return entries


def _prompt_entries(studio: Studio, keys: Sequence[str]) -> list[Entry]:
    found = {shot.key: (shot, preparation) for shot, preparation in _prepared(studio, keys)}
    entries = []
    for key in keys:
        if key in found:
            shot, preparation = found[key]
            seen = {
                prompt.variation.camera_angle: {
                    "text": prompt.text.text,
                    "negative": prompt.text.negative,
                    "width": prompt.width,
                    "height": prompt.height,
                    "prompt": prompt.prompt.model_dump(mode="json", exclude_defaults=True),
                }
                for prompt in preparation.angles(shot)
            }
            entries.append(
                Entry(
                    key,
                    sha256_of_json([seen, _effects(shot)]),
                    inputs={"shot": [key], "resolved_references": [key], "world_state": [NO_PARTITION]},
                    metadata=lambda s=shot, a=seen: _prompt_metadata(s, a),
                )
            )
    return entries


def _effects(shot: PreparedShot) -> list[Any]:
    """The effects over the shot's frames: no words of the prompt, but as much a part of what is asked for."""
    effects = (*(shot.theme.fx if shot.theme else ()), *shot.shot.fx)
    return [effect.model_dump(mode="json") for effect in effects]


def _prompt_metadata(shot: PreparedShot, seen: dict[str, Any]) -> dict[str, Any]:
    return {
        "texts": dg.MetadataValue.json({angle: prompt["text"] for angle, prompt in seen.items()}),
        "characters without a subject": ", ".join(shot.enriched.unmatched) or "none",
    }


SHOT = RecordedAsset("shot", "1", _shot_entries, inputs={"episode": False})
RESOLVED_REFERENCES = RecordedAsset(
    "resolved_references",
    "1",
    _reference_entries,
    inputs={"shot": False, "character_sheet": True, "location_sheet": True},
)
ENRICHED_PROMPT = RecordedAsset(
    "enriched_prompt",
    "1",
    _prompt_entries,
    inputs={"shot": False, "resolved_references": False, "world_state": True},
)
SHOT_ASSETS = (SHOT, RESOLVED_REFERENCES, ENRICHED_PROMPT)


def record_shots(
    studio: Studio, ledger: Ledger, emit: EmitEvent, keys: Sequence[str], assets: Sequence[RecordedAsset] = SHOT_ASSETS
) -> int:
    """Bring the events of some shots up to date, each asset after those that it is made from."""
    found = prepared_shots(studio, keys).values()
    characters = dict.fromkeys(character.id for shot in found for character in shot.characters)
    locations = dict.fromkeys(location.id for shot in found for location in shot.locations)
    observe_sheets(studio, ledger, emit, characters, locations)
    return sum(asset.record(studio, ledger, emit, keys) for asset in assets)


def build_shot_assets(partitions: Partitions) -> list[dg.AssetsDefinition]:
    """The assets of shots."""
    common: dict[str, Any] = {
        "partitions_def": partitions.shots,
        "owners": OWNERS,
        "skippable": True,
    }
    specs = [
        dg.AssetSpec(
            "shot",
            description="A shot after coherence: what it lacks is inherited from its clusters.",
            deps=[dg.AssetDep("episode", partition_mapping=partition_mapping(partitions.episode_shots))],
            group_name="episodes",
            kinds={"json"},
            code_version=SHOT.code_version,
            **common,
        ),
        dg.AssetSpec(
            "resolved_references",
            description="The reference images of a shot's cast, at most 14, validated ones first.",
            deps=[
                "shot",
                dg.AssetDep("character_sheet", partition_mapping=partition_mapping(partitions.character_shots)),
                dg.AssetDep("location_sheet", partition_mapping=partition_mapping(partitions.location_shots)),
            ],
            group_name="references",
            kinds={"image"},
            code_version=RESOLVED_REFERENCES.code_version,
            **common,
        ),
        dg.AssetSpec(
            "enriched_prompt",
            description="The shot's prompt with its references, and its text from each camera angle.",
            deps=["shot", "resolved_references", "world_state"],
            group_name="prompts",
            kinds={"json"},
            code_version=ENRICHED_PROMPT.code_version,
            **common,
        ),
    ]

    @dg.multi_asset(name="shots", specs=specs, can_subset=True, backfill_policy=dg.BackfillPolicy.single_run())
    def shots(
        context: dg.AssetExecutionContext, config: Selection, studio: StudioResource
    ) -> Iterator[dg.MaterializeResult]:
        keys = selected(context, config)
        asked = {key.to_user_string() for key in context.selected_asset_keys}
        assets = [asset for asset in SHOT_ASSETS if asset.name in asked]
        written = record_shots(studio.studio, Ledger(context.instance), context.log_event, keys, assets)
        context.log.info(
            "%d of %d partitions of %s changed", written, len(keys) * len(assets), ", ".join(sorted(asked))
        )
        yield from ()

    return [shots]
