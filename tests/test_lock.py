"""The lock holds what requirements.txt asks for, each with hashes; the parts under the GPL stand apart."""

import re

import pytest
from packaging.requirements import Requirement

from tests.running import ROOT


def names(file: str) -> dict[str, Requirement]:
    lines = (line.split(" #")[0].strip() for line in (ROOT / file).read_text().splitlines())
    wanted = [Requirement(line) for line in lines if line and not line.startswith(("#", "-"))]
    return {one.name.lower().replace("_", "-"): one for one in wanted}


def locked(file: str = "requirements.lock") -> dict[str, tuple[str, int]]:
    text = (ROOT / file).read_text()
    entries = re.findall(r"^([a-z0-9][a-z0-9._-]*)==([^ ]+)([^\n]*(?:\n +--hash=[^\n]*)+)", text, re.M | re.I)
    return {name.lower(): (version, more.count("--hash=sha256:")) for name, version, more in entries}


def test_the_lock_holds_a_version_in_range_with_hashes_for_each_requirement():
    found = locked()
    for name, wanted in names("requirements.txt").items():
        version, hashes = found[name]
        assert wanted.specifier.contains(version), f"{name}: run make lock"
        assert hashes
    assert all(hashes for _, hashes in found.values())


@pytest.mark.parametrize("part", ["operating", "cluster"])
def test_an_optional_part_of_the_image_is_locked_to_versions_that_go_with_the_rest(part):
    found, rest = locked(f"requirements-{part}.lock"), locked()
    for name, wanted in names(f"requirements-{part}.txt").items():
        version, hashes = found[name]
        assert wanted.specifier.contains(version), f"{name}: run make lock"
        assert hashes
    assert all(hashes for _, hashes in found.values())
    assert {name: version for name, (version, _) in rest.items()}.items() <= {
        name: version for name, (version, _) in found.items()
    }.items()
    assert f"requirements-{part}.lock" in (ROOT / "Dockerfile").read_text()


def test_nothing_under_the_gpl_is_in_the_image_by_itself():
    apart = names("requirements-demo.txt")
    assert {"av", "espeakng-loader", "mutagen"} <= set(apart)
    assert not set(apart) & (set(names("requirements.txt")) | set(locked()))
