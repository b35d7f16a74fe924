"""The assets `episode` and `cluster`, with the checks of the catalogue's files and of coherence."""

from collections.abc import Iterator, Sequence

import dagster as dg

from moostik_assets.catalogue.fingerprints import episode_fingerprint
from moostik_assets.catalogue.models import Episode
from moostik_assets.catalogue.variation_keys import cluster_key
from moostik_assets.episodes.clusters import clusters
from moostik_assets.episodes.coherence import coherence_conflicts
from moostik_assets.partitions import Partitions, partition_mapping
from moostik_assets.recording import RecordedAsset, Selection, selected
from moostik_assets.studio import Studio
from moostik_assets.studio_resource import StudioResource
from resources.canonical import sha256_of_json
from resources.ledger import Entry, Ledger

OWNERS = ["team:story"]
SHOWN_ERRORS = 50


def _episode_entries(studio: Studio, keys: Sequence[str]) -> list[Entry]:
    episodes = studio.catalogue.episodes
    return [
        Entry(key, episode_fingerprint(episodes[key]), metadata=lambda e=episodes[key]: _episode_metadata(e))
        for key in keys
        if key in episodes
    ]


def _episode_metadata(episode: Episode) -> dict[str, object]:
    return {
        "title": episode.title,
        "shots": len(episode.shots),
        "acts": len(episode.acts),
        "parts": len(episode.parts),
        "description": dg.MetadataValue.text(episode.description),
    }


def _cluster_entries(studio: Studio, keys: Sequence[str]) -> list[Entry]:
    wanted, found = set(keys), {}
    for id_ in dict.fromkeys(key.split("/", 1)[0] for key in keys):
        episode = studio.catalogue.episodes.get(id_)
        if episode is None:
            continue
        for cluster in clusters(episode):
            key = cluster_key(episode, cluster.id)
            if key in wanted:
                document = cluster.to_json()
                found[key] = Entry(
                    key,
                    sha256_of_json(document),
                    inputs={"episode": [id_]},
                    metadata=lambda d=document: {"cluster": dg.MetadataValue.json(d), "name": d["name"]},
                )
    return [found[key] for key in keys if key in found]


EPISODE = RecordedAsset("episode", "1", _episode_entries)
CLUSTER = RecordedAsset("cluster", "1", _cluster_entries, inputs={"episode": False})


def build_episode_assets(partitions: Partitions) -> list[dg.AssetsDefinition]:
    """The assets of this room."""

    @dg.multi_asset(
        name="episode",
        specs=[
            dg.AssetSpec(
                "episode",
                description="An episode of episodes/<id>.json: acts, parts and shots in order.",
                partitions_def=partitions.episodes,
                group_name="episodes",
                kinds={"json"},
                owners=OWNERS,
                code_version=EPISODE.code_version,
                skippable=True,
            )
        ],
        check_specs=[
            dg.AssetCheckSpec(
                "catalogue_files", asset="episode", description="The catalogue's files were read without an error."
            )
        ],
        backfill_policy=dg.BackfillPolicy.single_run(),
    )
    def episode(
        context: dg.AssetExecutionContext, config: Selection, studio: StudioResource
    ) -> Iterator[dg.AssetCheckResult]:
        keys = selected(context, config)
        written = EPISODE.record(studio.studio, Ledger(context.instance), context.log_event, keys)
        context.log.info("%d of %d episodes changed", written, len(keys))
        errors = studio.studio.loaded.errors
        yield dg.AssetCheckResult(
            asset_key="episode",
            check_name="catalogue_files",
            passed=not errors,
            metadata={
                "errors": len(errors),
                "first": dg.MetadataValue.md(
                    "\n".join(f"- `{_code(str(e))}`" for e in errors[:SHOWN_ERRORS]) or "none"
                ),
            },
        )

    @dg.multi_asset(
        name="cluster",
        specs=[
            dg.AssetSpec(
                "cluster",
                description="A group of shots that must stay coherent: an act, a run in one place, a cast, a part.",
                partitions_def=partitions.clusters,
                deps=[dg.AssetDep("episode", partition_mapping=partition_mapping(partitions.episode_clusters))],
                group_name="episodes",
                kinds={"python"},
                owners=OWNERS,
                code_version=CLUSTER.code_version,
                skippable=True,
            )
        ],
        check_specs=[
            dg.AssetCheckSpec(
                "coherence",
                asset="cluster",
                description="No two shots of a cluster that must share lighting or atmosphere say different things.",
            )
        ],
        backfill_policy=dg.BackfillPolicy.single_run(),
    )
    def cluster(
        context: dg.AssetExecutionContext, config: Selection, studio: StudioResource
    ) -> Iterator[dg.AssetCheckResult]:
        keys = selected(context, config)
        written = CLUSTER.record(studio.studio, Ledger(context.instance), context.log_event, keys)
        context.log.info("%d of %d clusters changed", written, len(keys))
        conflicts = []
        for id_ in dict.fromkeys(key.split("/", 1)[0] for key in keys):
            found = studio.studio.catalogue.episodes.get(id_)
            if found is not None:
                conflicts += [c.message for c in coherence_conflicts(found, clusters(found))]
        yield dg.AssetCheckResult(
            asset_key="cluster",
            check_name="coherence",
            passed=not conflicts,
            severity=dg.AssetCheckSeverity.WARN,
            metadata={
                "conflicts": len(conflicts),
                "first": dg.MetadataValue.md("\n".join(f"- `{_code(c)}`" for c in conflicts[:SHOWN_ERRORS]) or "none"),
            },
        )

    return [episode, cluster]


def _code(text: str) -> str:
    """Text that stays inside a markdown code span."""
    return text.replace("`", "'").replace("\n", " ")
