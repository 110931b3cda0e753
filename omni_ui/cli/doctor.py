"""`omni doctor`: what answers at an address, what it can do, what stands in front of it, and what mends that."""

import json
from typing import Any

import click

from omni_ui.cli.output import Session, run
from omni_ui.client import Capabilities, Diagnosis, OmniClient, examine


@click.command(epilog="Example: omni --server http://host:8091 doctor")
@click.pass_obj
def doctor(session: Session) -> None:
    """What the server is and can do, and what stands in front of it. Only looks are sent; nothing is made."""
    diagnosis, found = run(session, _examine)
    facts = {"address": session.server, **_as_dict(diagnosis, found)}
    click.echo(json.dumps(facts, ensure_ascii=False) if session.as_json else _as_text(facts))


async def _examine(omni: OmniClient) -> tuple[Diagnosis, Capabilities]:
    """Raises OmniError when nothing answers: the exit code says how."""
    diagnosis = await examine(omni)
    return diagnosis, await omni.capabilities(refresh=diagnosis.kind == "none")


def _as_dict(diagnosis: Diagnosis, found: Capabilities) -> dict[str, Any]:
    gateway = diagnosis.gateway
    return {
        "kind": diagnosis.kind,
        "summary": diagnosis.summary,
        "version": diagnosis.version,
        "models": [model.id for model in found.models],
        "gateway": gateway and gateway.name,
        "gateway_version": diagnosis.gateway_version,
        "replicas": diagnosis.replicas,
        "gave_up_after": diagnosis.gave_up_after,
        "can": {
            tab: {"can": ability.can, "model": ability.model if ability.can else None, "reason": ability.reason}
            for tab, ability in found.modalities.items()
        },
        "drops": list(diagnosis.drops),
        "fixes": list(diagnosis.fixes),
    }


def _as_text(facts: dict[str, Any]) -> str:
    in_front = " ".join(filter(None, [facts["gateway"], facts["gateway_version"]]))
    lines = [facts["summary"], f"In front of it: {in_front or 'nothing that shows itself'}."]
    if facts["gave_up_after"] is not None:
        lines.append(f"It gave up after {facts['gave_up_after']:.0f} s the last time.")
    for tab, ability in facts["can"].items():
        lines.append(f"  {tab:<7}{'yes' if ability['can'] else 'no':<5}{ability['reason']}")
    lines += [f"What to know: {text}" for text in facts["drops"]]
    lines += [f"What helps: {text}" for text in facts["fixes"]]
    return "\n".join(lines)
