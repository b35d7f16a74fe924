"""Reloading our own code location, through the web server."""

import os

import httpx

LOCATION = "moostik_assets"
WEB_URL_VARIABLE = "MOOSTIK_WEB_URL"
"""Where the web server answers; `moostik up` sets it for the code server."""
DEFAULT_WEB_URL = "http://127.0.0.1:3000"
TIMEOUT_SECONDS = 30.0
_MUTATION = """
mutation($name: String!) {
  reloadRepositoryLocation(repositoryLocationName: $name) {
    __typename
    ... on WorkspaceLocationEntry { locationOrLoadError { __typename ... on PythonError { message } } }
    ... on ReloadNotSupported { message }
    ... on RepositoryLocationNotFound { message }
    ... on PythonError { message }
  }
}
"""


def reload_location() -> str:
    """Ask for a reload; gives what came of it, for a tick's log."""
    url = os.environ.get(WEB_URL_VARIABLE, DEFAULT_WEB_URL)
    by_hand = "press 'Reload' for the code location in the web UI"
    try:
        answer = httpx.post(
            f"{url}/graphql", json={"query": _MUTATION, "variables": {"name": LOCATION}}, timeout=TIMEOUT_SECONDS
        )
        answer.raise_for_status()
        found = answer.json()["data"]["reloadRepositoryLocation"]
    except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
        return f"the catalogue has other keys than the code location; it could not be reloaded ({error}): {by_hand}"
    loaded = found.get("locationOrLoadError") or found
    if "message" in loaded:
        return f"the catalogue has other keys than the code location; reloading said: {loaded['message']}; {by_hand}"
    return "the catalogue has other keys than the code location: reloaded"
