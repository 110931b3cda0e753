"""What is left out of Gradio's import: it is gone, it is back when somebody needs it, and nothing else differs."""

import inspect
import json
import subprocess
import sys

import gradio as gr
import pytest
from gradio import component_meta
from gradio.utils import MatplotlibBackendMananger

from omni_ui.app.gradio_private.lean_import import META, WRAPS_START, WRITES_PYI

BEGIN = "import gc, json, sys, time; gc.disable(); began = time.process_time()\n"
LEAN = BEGIN + "from omni_ui.app.gradio_private.lean_import import import_gradio; import_gradio()\n"
USUAL = BEGIN + "import gradio\n"
SECONDS = "print(json.dumps(time.process_time() - began))"
DESCRIBED = """
import inspect, re
import gradio as gr
parts = [value for value in vars(gr).values() if isinstance(value, type) and issubclass(value, gr.blocks.Block)]
told = {part.__name__: [str(inspect.signature(part)), str(inspect.getfullargspec(part.__init__)),
    sorted(name for name in dir(part) if not name.startswith("_"))] for part in parts}
print(re.sub("at 0x[0-9a-f]+", "", json.dumps(told)))
"""


def said_by(program: str):
    """What a fresh Python prints."""
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=280)
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)


def test_it_is_much_shorter():
    assert said_by(LEAN + SECONDS) < 0.75 * said_by(USUAL + SECONDS)


def test_what_is_not_used_is_not_imported():
    loaded = said_by(LEAN + "print(json.dumps(sorted(sys.modules)))")
    assert not {"pandas.core", "mcp", "mcp.types"} & set(loaded)
    assert {"gradio.blocks", "gradio.mcp"} <= set(loaded)


def test_every_component_is_described_as_before():
    described = said_by(LEAN + DESCRIBED)
    assert len(described) > 60
    assert described == said_by(USUAL + DESCRIBED)


@pytest.mark.parametrize(
    "use",
    [
        "import pandas; frame = pandas.DataFrame({'a': [1]})",
        "from pandas import DataFrame; frame = DataFrame({'a': [1]})",
        "import pandas.api.types as types; import pandas as pd; frame = pd.DataFrame({'a': [1]})",
        "import gradio as gr; frame = gr.Dataframe().preprocess(gr.Dataframe().postprocess([['a', 1]]))",
        "import importlib.util; importlib.util.find_spec('pandas').name; import pandas; frame = pandas.Series([1])",
    ],
)
def test_pandas_is_there_for_whoever_uses_it(use):
    program = f"\n{use}\nimport pandas\nprint(json.dumps([len(frame), 'pandas.core' in sys.modules, pandas.__name__]))"
    assert said_by(LEAN + program) == [1, True, "pandas"]


def test_going_through_all_modules_does_not_import_it():
    asked = "import inspect; inspect.getmodule(inspect.currentframe())\n"
    asked += "[hasattr(module, '__file__') for module in [*sys.modules.values()]]"
    assert said_by(f"{LEAN}{asked}\nprint(json.dumps('pandas.core' in sys.modules))") is False


def test_the_sdk_for_agents_can_be_imported_later():
    assert said_by(LEAN + "import mcp, mcp.types; print(json.dumps(mcp.__name__))") == "mcp"


def test_nothing_stays_behind_but_the_module_that_was_changed():
    program = """
import gradio.component_meta as meta
finders = [type(finder).__module__ for finder in sys.meta_path]
print(json.dumps([*(name for name in finders if name.startswith("omni")), meta.create_or_modify_pyi.__module__]))
"""
    assert said_by(LEAN + program) == ["omni_ui.app.gradio_private.lean_import"]


def test_gradio_still_makes_its_classes_by_these_functions():
    """When this fails, Gradio does it otherwise: look whether it still reads sources at each import."""
    used = component_meta.ComponentMeta.__new__.__code__.co_names
    assert {WRITES_PYI, WRAPS_START} <= set(used)
    assert component_meta.__name__ == META


def test_gradio_still_looks_for_matplotlib_and_takes_no_for_an_answer(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    assert "import matplotlib" in inspect.getsource(MatplotlibBackendMananger)
    with MatplotlibBackendMananger():
        pass
    assert "MatplotlibBackendMananger" in inspect.getsource(gr.Blocks.call_function) + inspect.getsource(gr.utils)
