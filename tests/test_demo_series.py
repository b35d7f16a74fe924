"""The demo series of data/: without a fault, and complete enough to show what there is."""

import json
import shutil
from pathlib import Path

import pytest

from moostik_assets.catalogue.loading import LoadedCatalogue, load_catalogue
from moostik_assets.catalogue.variation_keys import all_variation_keys, variations_of
from moostik_assets.episodes.readiness import readiness
from moostik_assets.variations.seed import series_seeds
from resources.image_probe import probe_image
from tests.moostik_command import Moostik
from tests.small_series import published_bytes

DATA = Path(__file__).parents[1] / "data"


@pytest.fixture(scope="module")
def demo() -> LoadedCatalogue:
    return load_catalogue(DATA)


def test_it_loads_without_an_error_or_a_warning(demo: LoadedCatalogue) -> None:
    assert [str(error) for error in demo.errors + demo.warnings] == []
    assert len(demo.catalogue.episodes) >= 2


def test_every_episode_can_be_rendered(demo: LoadedCatalogue) -> None:
    for episode in demo.catalogue.episodes.values():
        assert readiness(episode, demo.catalogue).errors == ()


def test_every_reference_is_a_whole_image_of_ours(demo: LoadedCatalogue) -> None:
    entities = (*demo.catalogue.characters.values(), *demo.catalogue.locations.values())
    references = [reference for entity in entities for reference in entity.reference_images]
    outfits = [image for character in demo.catalogue.characters.values() for image in character.outfit_images]
    assert references
    references += outfits
    for reference in references:
        assert not reference.startswith("http"), "the demo must work with no network"
        assert probe_image(DATA / reference).width > 100


def test_it_shows_every_feature_of_the_catalogue(demo: LoadedCatalogue) -> None:
    found = demo.catalogue
    shots = [shot for episode in found.episodes.values() for shot in episode.shots]
    variations = [variation for shot in shots for variation in shot.variations or ()]
    assert any(episode.parts for episode in found.episodes.values())
    assert any(episode.acts for episode in found.episodes.values())
    assert len(found.themes) >= 3
    assert any(variation.prompt_overrides for variation in variations)
    assert any(shot.theme for shot in shots)
    assert any(len(shot.character_ids) >= 2 for shot in shots)
    assert any(character.outfits for character in found.characters.values())


def test_what_is_worn_in_one_theme_is_seen_there_alone(demo: LoadedCatalogue, tmp_path: Path) -> None:
    shot = next(shot for shot in demo.catalogue.episodes["ep0"].shots if "odile" in shot.character_ids)
    (outfit,) = demo.catalogue.characters["odile"].outfits
    world = shutil.copytree(DATA, tmp_path / "data") / "world_state.json"
    seen = {}
    for theme in ("neutral", "storm", outfit.theme):
        world.write_text(json.dumps({"theme": theme}))
        moostik = Moostik(tmp_path / "data", tmp_path / "output")
        images = moostik("references", "ep0", "--json").expect(0).document[shot.id]["allImageUrls"]
        text = next(iter(moostik("prompts", "ep0", "--json").expect(0).document[shot.id].values()))["text"]
        seen[theme] = (outfit.reference_images[0] in images, outfit.description in text)
    assert seen == {"neutral": (False, False), "storm": (False, False), outfit.theme: (True, True)}


def test_no_two_variations_share_a_seed_and_none_an_image_name(demo: LoadedCatalogue) -> None:
    seeds = dict(series_seeds(demo.catalogue))
    assert len(set(seeds.values())) == len(seeds)
    keys = all_variation_keys(demo.catalogue)
    assert len({key.casefold() for key in keys}) == len(keys)


def test_the_reading_commands_answer(tmp_path: Path) -> None:
    moostik = Moostik(DATA, tmp_path / "output")
    for episode in load_catalogue(DATA).catalogue.episodes:
        moostik("check", episode).expect(0)
        moostik("clusters", episode).expect(0)
        moostik("references", episode).expect(0)
        prompts = moostik("prompts", episode, "--json").expect(0).document
        every = [prompt for angles in prompts.values() for prompt in angles.values()]
        assert len({prompt["recipe"] for prompt in every}) == len(every)
        assert all(prompt["text"] for prompt in every)
    plan = moostik("plan", "--json").expect(0).document
    assert len(plan["missing"]) == plan["total"] == len(all_variation_keys(load_catalogue(DATA).catalogue))


def test_its_first_shot_is_rendered_by_the_preview_renderer(tmp_path: Path) -> None:
    moostik = Moostik(DATA, tmp_path / "output")
    catalogue = load_catalogue(DATA).catalogue
    episode = next(iter(catalogue.episodes.values()))
    shot = episode.shots[0]
    angle = variations_of(catalogue.series, shot)[0].camera_angle
    answer = moostik("render", episode.id, "--shots", shot.id, "--angles", angle, "--json").expect(0)
    assert answer.document["rendered"] == 1
    (name,) = published_bytes(moostik.output)
    header = probe_image(moostik.output / "episodes" / name)
    assert header.width >= 1280
