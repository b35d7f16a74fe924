"""Episodes for the tests of the rooms: small ids, so that shots meet often."""

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from moostik_assets.catalogue.models import Catalogue, Character, Episode, Location

CHARACTERS = ("mama", "papy", "dorval", "tire", "koko")
LOCATIONS = ("bar", "tire-city", "cooltik")


def episode(shots: list[dict[str, Any]], **fields: Any) -> Episode:
    return Episode.model_validate({"id": "ep0", "number": 0, "title": "Pilot", "shots": shots, **fields})


def shot(number: int, characters: Sequence[str] = (), locations: Sequence[str] = (), **fields: Any) -> dict:
    return {
        "id": f"shot-{number:03d}",
        "number": number,
        "characterIds": list(characters),
        "locationIds": list(locations),
        **fields,
    }


def catalogue(characters: list[dict[str, Any]], locations: list[dict[str, Any]]) -> Catalogue:
    return Catalogue(
        characters={one["id"]: Character.model_validate(one) for one in characters},
        locations={one["id"]: Location.model_validate(one) for one in locations},
    )


@st.composite
def episodes(draw: st.DrawFn) -> Episode:
    casts = st.lists(st.sampled_from(CHARACTERS), max_size=4)
    places = st.lists(st.sampled_from(LOCATIONS), max_size=2)
    light = st.fixed_dictionaries({}, optional={"key": st.sampled_from(["moon", "Moon ", "neon", ""])})
    air = st.lists(st.sampled_from(["fog", "embers", ""]), max_size=2)
    prompts = st.fixed_dictionaries({"lighting": light, "scene": st.fixed_dictionaries({"atmosphere": air})})
    drawn = draw(st.lists(st.tuples(casts, places, prompts), max_size=12))
    shots = [shot(n, cast, place, prompt=prompt) for n, (cast, place, prompt) in enumerate(drawn, start=1)]
    shot_ids = st.sampled_from([*(one["id"] for one in shots), "shot-404"])
    acts = [
        {"id": f"act-{n}", "number": number, "title": f"Title {n}", "shotIds": ids}
        for n, (number, ids) in enumerate(
            draw(st.lists(st.tuples(st.sampled_from([0, 1, 2, 0.5]), st.lists(shot_ids, max_size=8)), max_size=4))
        )
    ]
    act_ids = st.sampled_from([*(act["id"] for act in acts), "act-404"])
    parts = [
        {"id": f"part-{n}", "title": f"Part {n}", "actIds": ids}
        for n, ids in enumerate(draw(st.lists(st.lists(act_ids, max_size=3), max_size=3)))
    ]
    return episode(shots, acts=acts, parts=parts)
