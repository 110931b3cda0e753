"""`omni doctor`: what answers at an address, what it can do, what stands in front of it, and what mends that."""

import json

import click

from omni_ui.cli.output import Session, run
from omni_ui.client import Capabilities, Diagnosis, OmniClient, examine


@click.command(epilog="Example: omni --server http://host:8091 doctor")
@click.pass_obj
def doctor(session: Session) -> None:
    """What the server is, what it can do, and which gateway is in front of it. Only looks are sent; nothing is made."""
    diagnosis, abilities = run(session, _examine)
    if session.as_json:
        facts = {"address": session.server, **_as_dict(diagnosis, abilities)}
        click.echo(json.dumps(facts, ensure_ascii=False))
    else:
        click.echo(_as_text(diagnosis, abilities))


async def _examine(omni: OmniClient) -> tuple[Diagnosis, Capabilities]:
    """Raises OmniError when nothing answers: the exit code says how."""
    diagnosis = await examine(omni)
    return diagnosis, await omni.capabilities(refresh=diagnosis.kind == "none")


def _as_dict(diagnosis: Diagnosis, abilities: Capabilities) -> dict[str, object]:
    gateway = diagnosis.gateway
    return {
        "kind": diagnosis.kind,
        "summary": diagnosis.summary,
        "version": diagnosis.version,
        "models": [model.id for model in abilities.models],
        "gateway": gateway and gateway.name,
        "gateway_version": diagnosis.gateway_version,
        "replicas": diagnosis.replicas,
        "gave_up_after": diagnosis.gave_up_after,
        "can": {
            tab: {"can": ability.can, "model": ability.model if ability.can else None, "reason": ability.reason}
            for tab, ability in abilities.modalities.items()
        },
        "drops": list(diagnosis.drops),
        "fixes": list(diagnosis.fixes),
    }


def _as_text(diagnosis: Diagnosis, abilities: Capabilities) -> str:
    gateway = diagnosis.gateway
    in_front = " ".join(filter(None, [gateway.name if gateway else None, diagnosis.gateway_version]))
    lines = [diagnosis.summary, f"In front of it: {in_front or 'nothing detected'}."]
    if diagnosis.gave_up_after is not None:
        lines.append(f"It gave up after {diagnosis.gave_up_after:.0f} s the last time.")
    for tab, ability in abilities.modalities.items():
        lines.append(f"  {tab:<7}{'yes' if ability.can else 'no':<5}{ability.reason}")
    lines += [f"What to know: {text}" for text in diagnosis.drops]
    lines += [f"What helps: {text}" for text in diagnosis.fixes]
    return "\n".join(lines)
