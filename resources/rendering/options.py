"""Options of a renderer from the environment: MOOSTIK_DIFFUSERS_MODEL=... is option `model` of `diffusers`.

Secrets are no options: a renderer reads its key from the environment by itself.
"""

from collections.abc import Mapping

PREFIX = "MOOSTIK_"


def options_from_environment(renderer: str, environment: Mapping[str, str]) -> dict[str, str]:
    """The options that the environment gives to a renderer, by their names in lower case; empty ones are left out."""
    prefix = f"{PREFIX}{renderer.upper().replace('-', '_').replace('.', '_')}_"
    named = {name[len(prefix) :].lower(): value for name, value in environment.items() if name.startswith(prefix)}
    return {name: value for name, value in sorted(named.items()) if name and value.strip()}
