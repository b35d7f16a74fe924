"""What a server's history says of a job that is over."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Fault:
    """Why a job gave no image."""

    text: str
    out_of_memory: bool = False


def fault_of(record: Mapping[str, Any]) -> Fault | None:
    """Why the job failed; None where it did not. Servers before 2024 write no status."""
    status = record.get("status")
    if not isinstance(status, dict) or (status.get("status_str") == "success" and status.get("completed", True)):
        return None
    messages = _messages(status)
    if "execution_error" in messages:
        said = messages["execution_error"]
        what = f"{said.get('exception_type', 'error')}: {said.get('exception_message', '')}".strip().rstrip(":")
        text = f"node {said.get('node_id')} ({said.get('node_type')}) failed: {what}"
        memory = "OutOfMemory" in str(said.get("exception_type")) or "out of memory" in what.lower()
        return Fault(text[:1000], memory)
    if "execution_interrupted" in messages:
        return Fault("it was interrupted on the server")
    return Fault(f"the server says {status.get('status_str') or 'nothing'!r} of it, and no reason")


def images_of(record: Mapping[str, Any], output: str) -> list[Mapping[str, str]]:
    """Where the images of the output node lie (filename, subfolder, type); those of other nodes are left alone."""
    outputs = record.get("outputs")
    of_node = outputs.get(output) if isinstance(outputs, dict) else None
    images = of_node.get("images") if isinstance(of_node, dict) else None
    return [
        {
            "filename": image["filename"],
            "subfolder": str(image.get("subfolder", "")),
            "type": str(image.get("type", "output")),
        }
        for image in images or ()
        if isinstance(image, dict) and isinstance(image.get("filename"), str)
    ]


def seconds_of(record: Mapping[str, Any]) -> float | None:
    """Seconds from its start to its end by the server's own clock; None where the server does not say."""
    status = record.get("status")
    messages = _messages(status) if isinstance(status, dict) else {}
    try:
        started, ended = (messages[name]["timestamp"] for name in ("execution_start", "execution_success"))
        return max(0.0, (ended - started) / 1000)
    except (KeyError, TypeError):
        return None


def _messages(status: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    found = {}
    for message in status.get("messages") or ():
        if isinstance(message, list) and len(message) == 2 and isinstance(message[1], dict):
            found[str(message[0])] = message[1]
    return found
