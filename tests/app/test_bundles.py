"""Modules put together do what they do one by one."""

import json
import shutil
import subprocess

import pytest

from omni_ui.app.loading.bundles import Bundles

MODULES = {
    "app/main.js": """
import { count } from "../core/counter.js";
import "./noisy.js";
export const later = () => import("../late/first.js");
export const also = () => import("../late/second.js");
export const counted = count();
""",
    "app/noisy.js": """globalThis.noise = (globalThis.noise ?? 0) + 1;""",
    "core/counter.js": """
let counts = 0;
export const count = () => (counts += 1);
export class Counter {}
const make = (one) => one;
export const { a, b } = make({ a: 1, b: 2 });
export { make };
""",
    "late/shared.js": """
globalThis.shared = (globalThis.shared ?? 0) + 1;
export const value = 7;
export const address = new URL("./worklet.js", import.meta.url).pathname;
""",
    "late/first.js": """
import { count as more } from "../core/counter.js";
import { value, address } from "./shared.js";
export const all = [more(), value, address];
""",
    "late/second.js": """
import { value } from "./shared.js";
import { a, b, make } from "../core/counter.js";
export function sum() { return make(value + a + b); }
""",
    "late/worklet.js": "registerProcessor();",
}


def bundles(**changes: str) -> Bundles:
    modules = MODULES | changes
    return Bundles("app/main.js", modules, modules.__getitem__)


def test_bundles_run_as_the_modules_would(tmp_path):
    node = shutil.which("node")
    assert node
    made = bundles()
    assert made.roots == {"app/main.js", "late/first.js", "late/second.js"}
    for root in made.roots:
        path = tmp_path / "scripts" / root
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(made.text(root))
    (tmp_path / "package.json").write_text('{"type": "module"}')
    (tmp_path / "go.js").write_text(
        'globalThis.omni = {};\nconst main = await import("./scripts/app/main.js");\n'
        "const first = await main.later(), second = await main.also();\n"
        "console.log(JSON.stringify([main.counted, first.all, second.sum(), shared, noise]));"
    )
    ran = subprocess.run([node, "go.js"], cwd=tmp_path, capture_output=True, text=True, timeout=280, check=True)
    counted, (count, value, address), total, shared, noise = json.loads(ran.stdout)
    assert (counted, count, value, total) == (1, 2, 7, 10)
    assert address.endswith("/scripts/late/worklet.js")
    assert (shared, noise) == (1, 1), "what two bundles hold runs once"


def test_what_stands_in_the_page_runs_at_once_and_not_again(tmp_path):
    node = shutil.which("node")
    assert node
    (tmp_path / "inline.cjs").write_text("globalThis.window = globalThis;\n" + bundles().inline("app/noisy.js"))
    (tmp_path / "main.mjs").write_text(bundles().text("app/main.js"))
    go = 'require("./inline.cjs"); const first = noise; import("./main.mjs").then(() => console.log(first, noise));'
    ran = subprocess.run([node, "-e", go], cwd=tmp_path, capture_output=True, text=True, timeout=280, check=True)
    assert ran.stdout.split() == ["1", "1"]


def test_a_late_bundle_leaves_out_what_the_entry_has():
    text = bundles().text("late/first.js")
    assert 'bundled["late/shared.js"] ??=' in text
    assert 'bundled["core/counter.js"] ??=' not in text


def test_other_modules_come_as_they_are():
    assert bundles().text("late/worklet.js") == MODULES["late/worklet.js"]


@pytest.mark.parametrize(
    ("name", "source", "words"),
    [
        ("core/counter.js", 'import "../app/main.js";', "circle"),
        ("late/shared.js", "export default 7;", "exports"),
        ("late/shared.js", "export let value = 7;", "exports"),
    ],
)
def test_what_cannot_be_put_together_is_refused(name: str, source: str, words: str):
    with pytest.raises(ValueError, match=words):
        bundles(**{name: source}).text("late/first.js")
