"""Every case of the table on every server that it names."""

from tests.contract.scene import Scene
from tests.contract.table import CASES, Case


async def test_case(scene: Scene, contract_case: Case) -> None:
    await contract_case.run(scene)


def test_every_name_is_used_once() -> None:
    names = [one.name for one in CASES]
    assert len(names) == len(set(names))
