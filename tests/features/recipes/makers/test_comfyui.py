"""Graphs of ComfyUI, in its pictures, videos and sounds."""

import json
import time

import av
import numpy as np
import pytest
from PIL import Image

from omni_ui.features.recipes import BadRecipe, open_settings
from tests.features.recipes.makers.graphs import CASES, FLUX, FOX, LOADER, PLAIN, QWEN, node, png
from tests.pace import allowed


def test_a_graph_of_flux(tmp_path):
    opened = open_settings(png(tmp_path / "a.png", prompt=json.dumps(FLUX), workflow="{}"))
    assert opened.recipe.request == {
        "prompt": "a red fox", "seed": 77, "num_inference_steps": 20, "size": "832x1024", "guidance_scale": 3.5,
    }  # fmt: skip
    assert opened.recipe.model == "flux1-dev.safetensors"
    assert opened.loras == ["animals.safetensors (0.8)"]


def test_a_graph_of_qwen_image(tmp_path):
    opened = open_settings(png(tmp_path / "a.png", prompt=json.dumps(QWEN)))
    assert opened.recipe.request == FOX | {
        "seed": 5, "num_inference_steps": 20, "size": "1328x1328", "true_cfg_scale": 2.5, "flow_shift": 3.1,
    }  # fmt: skip
    assert opened.recipe.model == "qwen_image_fp8.safetensors"


def test_the_first_of_two_samplers_counts(tmp_path):
    graph = json.loads((Image.open(CASES / "m_comfy.png")).text["prompt"])
    graph["20"] = node("KSampler", seed=1, steps=5, cfg=9, positive=["6", 0], negative=["7", 0], latent_image=["3", 0])
    graph["21"] = node("SaveImage", images=["20", 0])
    opened = open_settings(png(tmp_path / "a.png", prompt=json.dumps(graph)))
    assert opened.recipe.request["seed"] == 777
    assert "1 more samplers" in opened.left_out


def test_graphs_that_go_in_circles(tmp_path):
    size = 400
    graph = {
        str(n): node(
            "Any",
            text=[str((n + 1) % size), 0],
            value=[str((n * 7) % size), 0],
            seed=[str(n), 0],
            width=[str((n + 3) % size), 0],
            string_a=[str((n * 3) % size), 0],
        )
        for n in range(size)
    }
    graph["s"] = node(
        "KSampler",
        seed=["0", 0],
        steps=["1", 0],
        cfg=["2", 0],
        positive=["0", 0],
        negative=["5", 0],
        latent_image=["9", [1]],
        model=["3", 0],
    )
    path = png(tmp_path / "a.png", prompt=json.dumps(graph))
    began = time.perf_counter()
    with pytest.raises(BadRecipe, match="no prompt"):
        open_settings(path)
    assert time.perf_counter() - began < allowed(3)


def test_only_the_workflow_of_the_editor(tmp_path):
    with pytest.raises(BadRecipe, match="by ComfyUI"):
        open_settings(png(tmp_path / "a.png", workflow='{"nodes": []}'))


@pytest.mark.parametrize(
    ("name", "codec", "tags", "tab"),
    [
        ("a.mp4", "h264", {"prompt": json.dumps(QWEN)}, "video"),
        ("b.mp4", "h264", {"comment": json.dumps({"prompt": QWEN, "workflow": {}})}, "video"),
        ("a.flac", "flac", {"prompt": json.dumps(QWEN)}, "sound"),
        ("a.opus", "libopus", {"prompt": json.dumps(QWEN)}, "sound"),
    ],
)
def test_videos_and_sounds_of_comfyui(name, codec, tags, tab, tmp_path):
    path = tmp_path / name
    options = {"movflags": "use_metadata_tags"} if name.endswith("mp4") else {}
    with av.open(str(path), "w", options=options) as out:
        out.metadata.update(tags)
        if codec == "h264":
            stream = out.add_stream(codec, rate=8)
            stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
            frame = av.VideoFrame.from_ndarray(np.zeros((48, 64, 3), np.uint8), format="rgb24")
        else:
            stream = out.add_stream(codec, rate=48000, layout="mono")
            frame = av.AudioFrame.from_ndarray(np.zeros((1, 4800), np.int16), format="s16", layout="mono")
            frame.sample_rate = 48000
        out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    opened = open_settings(path)
    assert (opened.maker, opened.recipe.tab) == ("ComfyUI", tab)
    assert opened.recipe.request["seed"] == 5


@pytest.mark.parametrize(
    "changes",
    [
        {"3": node("KSampler (Efficient)", seed=5, steps=20, cfg=8, model=["4", 0], positive=["4", 1],
                   negative=["4", 2], latent_image=["4", 3]),
         "4": node("Efficient Loader", ckpt_name="sd.safetensors", **LOADER)},
        {"3": node("easy kSampler", pipe=["4", 0], seed=5, steps=20, cfg=8),
         "4": node("easy fullLoader", ckpt_name="sd.safetensors", **LOADER)},
        {"6": node("Reroute", **{"": ["10", 0]}), "10": node("CLIPTextEncode", text="a red fox")},
        {"3": node("KSamplerAdvanced", noise_seed=["10", 0], steps=["11", 0], cfg=8, model=["4", 0], positive=["6", 0],
                   negative=["7", 0], latent_image=["5", 0]),
         "10": node("Seed (rgthree)", seed=5), "11": node("INTConstant", value=20)},
    ],
)  # fmt: skip
def test_other_nodes_of_comfyui(changes, tmp_path):
    opened = open_settings(png(tmp_path / "a.png", prompt=json.dumps(PLAIN | changes)))
    wanted = {"seed": 5, "num_inference_steps": 20, "size": "512x768", "guidance_scale": 8}
    assert opened.recipe.request == FOX | wanted
    assert opened.recipe.model == "sd.safetensors"
