"""Settings of other programs, in the files and the places in which those programs write them."""

import json
import time
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image, PngImagePlugin
from sd_parsers import ParserManager

from omni_ui.features.recipes import BadRecipe, open_settings

CASES = Path(__file__).parents[3] / "cases"
FOX = {"prompt": "a red fox", "negative_prompt": "blurry"}


def node(kind: str, **inputs) -> dict:
    return {"class_type": kind, "inputs": inputs}


FLUX = {
    "9": node("SaveImage", images=["8", 0]),
    "8": node("VAEDecode", samples=["13", 0], vae=["10", 0]),
    "13": node("SamplerCustomAdvanced", noise=["25", 0], guider=["22", 0], sampler=["16", 0], sigmas=["17", 0],
               latent_image=["27", 0]),
    "25": node("RandomNoise", noise_seed=77),
    "22": node("BasicGuider", model=["30", 0], conditioning=["26", 0]),
    "26": node("FluxGuidance", guidance=3.5, conditioning=["6", 0]),
    "6": node("CLIPTextEncode", text=["40", 0], clip=["11", 0]),
    "40": node("StringConcatenate", string_a="a red", string_b="fox", delimiter=" "),
    "16": node("KSamplerSelect", sampler_name="euler"),
    "17": node("BasicScheduler", scheduler="simple", steps=20, denoise=1.0, model=["30", 0]),
    "27": node("EmptySD3LatentImage", width=["41", 0], height=1024, batch_size=1),
    "41": node("PrimitiveInt", value=832),
    "30": node("LoraLoaderModelOnly", lora_name="animals.safetensors", strength_model=0.8, model=["12", 0]),
    "12": node("UNETLoader", unet_name="flux1-dev.safetensors", weight_dtype="default"),
    "11": node("DualCLIPLoader", clip_name1="t5xxl"),
    "10": node("VAELoader", vae_name="ae"),
}  # fmt: skip
QWEN = {
    "1": node("KSampler", seed=5, steps=20, cfg=2.5, sampler_name="euler", scheduler="simple", denoise=1,
              model=["2", 0], positive=["4", 0], negative=["5", 0], latent_image=["6", 0]),
    "2": node("ModelSamplingAuraFlow", shift=3.1, model=["3", 0]),
    "3": node("UNETLoader", unet_name="qwen_image_fp8.safetensors"),
    "4": node("ControlNetApplyAdvanced", positive=["7", 0], negative=["8", 0], strength=1),
    "5": ["not a node"],
    "6": node("EmptySD3LatentImage", width=1328, height=1328),
    "7": node("CLIPTextEncode", text="a red fox"),
    "8": node("CLIPTextEncode", text="blurry"),
    "9": node("SaveImage", images=["10", 0]),
    "10": node("VAEDecode", samples=["1", 0]),
}  # fmt: skip
QWEN["1"]["inputs"]["negative"] = ["4", 1]


def png(path: Path, **texts: str) -> Path:
    info = PngImagePlugin.PngInfo()
    for name, text in texts.items():
        info.add_text(name.replace("__", "-"), text)
    Image.new("RGB", (16, 16)).save(path, pnginfo=info)
    return path


@pytest.mark.parametrize(
    ("name", "maker", "request_"),
    [
        ("m_civ.png", "Civitai", FOX | {"seed": 99, "num_inference_steps": 24, "size": "832x1216",
                                        "guidance_scale": 7}),
        ("m_seedfloat.png", "AUTOMATIC1111 or a program like it",
         {"prompt": "a red fox", "seed": 99, "num_inference_steps": 24, "size": "512x768", "guidance_scale": 7}),
        ("m_forge_flux.png", "Forge", {"prompt": "a red fox", "seed": 42, "num_inference_steps": 20,
                                       "size": "896x1152", "guidance_scale": 3.5, "true_cfg_scale": 1}),
        ("m_comfy.png", "ComfyUI", FOX | {"seed": 777, "num_inference_steps": 20, "size": "832x1216",
                                          "guidance_scale": 4.5}),
        ("m_swarm.png", "SwarmUI", FOX | {"seed": 11, "num_inference_steps": 20, "size": "1024x1024",
                                          "guidance_scale": 7}),
        ("m_fooocus.png", "Fooocus", FOX | {"seed": 12345, "num_inference_steps": 30, "size": "1152x896",
                                            "guidance_scale": 4}),
        ("m_draw.png", "Draw Things", FOX | {"seed": 9, "num_inference_steps": 20, "size": "1024x1024",
                                             "guidance_scale": 4.5}),
    ],
)  # fmt: skip
def test_a_file_of_another_program(name, maker, request_):
    opened = open_settings(CASES / name)
    assert opened.maker == maker
    assert opened.recipe.tab == "image"
    assert opened.recipe.request == request_


def test_lines_that_an_extension_wrote_after_the_settings():
    opened = open_settings(CASES / "m_template.png")
    assert opened.recipe.request["seed"] == 123456
    assert opened.recipe.request["guidance_scale"] == 6.5
    assert opened.recipe.request["negative_prompt"] == "blurry, (bad:1.3)"
    assert {"Template", "Negative Template"} <= set(opened.left_out)
    assert opened.loras == ["animals (0.8)"]


def test_utf8_where_the_format_has_latin1():
    assert open_settings(CASES / "m_utf8_text.png").recipe.request["prompt"] == "eine schöne Füchsin, 雪"


def test_a_comma_for_the_point(tmp_path):
    text = "a\nSteps: 24, CFG scale: 6,5, Seed: 99, Size: 512x768, Model: x"
    assert open_settings(png(tmp_path / "a.png", parameters=text)).recipe.request["guidance_scale"] == 6.5


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
    assert time.perf_counter() - began < 3


def test_only_the_workflow_of_the_editor(tmp_path):
    with pytest.raises(BadRecipe, match="by ComfyUI"):
        open_settings(png(tmp_path / "a.png", workflow='{"nodes": []}'))


def test_invokeai(tmp_path):
    said = {"positive_prompt": "a red fox", "negative_prompt": "blurry", "seed": 3, "steps": 30, "cfg_scale": 6.5,
            "width": 832, "height": 1216, "scheduler": "euler", "app_version": "5.0",
            "model": {"name": "Juggernaut", "base": "sdxl"},
            "loras": [{"model": {"name": "animals"}, "weight": 0.75}]}  # fmt: skip
    path = png(tmp_path / "a.png", invokeai_metadata=json.dumps(said))
    opened = open_settings(path)
    assert (opened.maker, opened.recipe.model, opened.loras) == ("InvokeAI", "Juggernaut", ["animals (0.75)"])
    assert opened.recipe.request == FOX | {
        "seed": 3, "num_inference_steps": 30, "guidance_scale": 6.5, "size": "832x1216",
    }  # fmt: skip
    assert opened.left_out == ["scheduler"]


def test_novelai(tmp_path):
    said = {
        "prompt": "x",
        "uc": "blurry",
        "steps": 28,
        "scale": 5.5,
        "seed": 8,
        "width": 832,
        "height": 1216,
        "sampler": "k_euler",
        "v4_prompt": {"caption": {"base_caption": "a red fox", "char_captions": []}},
    }
    path = png(
        tmp_path / "a.png",
        Software="NovelAI",
        Source="NovelAI Diffusion V4 37442FCA",
        Comment=json.dumps(said),
        Description="x",
    )
    opened = open_settings(path)
    assert opened.maker == "NovelAI"
    assert opened.recipe.request == FOX | {
        "seed": 8, "num_inference_steps": 28, "guidance_scale": 5.5, "size": "832x1216",
    }  # fmt: skip


def exif(**tags: object) -> Image.Exif:
    held = Image.Exif()
    for name, value in tags.items():
        number = {"make": 0x010F, "model": 0x0110, "comment": 0x9286}[name]
        held[number] = value
    return held


@pytest.mark.parametrize("suffix", [".jpg", ".webp", ".avif"])
def test_where_jpeg_webp_and_avif_carry_settings(suffix, tmp_path):
    path = tmp_path / f"a{suffix}"
    picture = Image.new("RGB", (16, 16))
    picture.save(path, exif=exif(make="workflow:{}", model="prompt:" + json.dumps(QWEN)))
    assert open_settings(path).maker == "ComfyUI"
    fooocus = {"prompt": "a red fox", "base_model": "x", "seed": "4", "steps": 30, "resolution": "(1152, 896)"}
    picture.save(path, exif=exif(comment=json.dumps(fooocus)))
    assert open_settings(path).maker == "Fooocus"
    a1111 = Image.Exif()
    text = "a red fox\nSteps: 24, Sampler: Euler a, CFG scale: 7, Seed: 99, Size: 512x768, Version: v1.10.0"
    a1111.get_ifd(0x8769)[0x9286] = b"UNICODE\0" + text.encode("utf-16-be")
    picture.save(path, exif=a1111.tobytes())
    opened = open_settings(path)
    assert (opened.maker, opened.recipe.request["seed"]) == ("AUTOMATIC1111", 99)


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


@pytest.mark.parametrize("name", ["m_seedfloat.png", "m_template.png", "m_utf8_text.png", "m_fooocus.png"])
def test_sd_parsers_reads_the_same(name):
    theirs = ParserManager().parse(CASES / name)
    if theirs is None:
        pytest.skip("sd-parsers does not read this one")
    sampler = theirs.samplers[0]
    ours = open_settings(CASES / name).recipe.request
    assert str(ours["seed"]) == str(sampler.parameters["seed"]).removesuffix(".0")
    assert str(ours["num_inference_steps"]) == str(sampler.parameters["steps"]).removesuffix(".0")


@pytest.mark.parametrize(
    "texts",
    [
        {"prompt": "[" * 5000}, {"prompt": '{"1": {"class_type": 5, "inputs": [1]}}'}, {"parameters": "{" * 90_000},
        {"invokeai_metadata": "[1]"}, {"invokeai_metadata": '{"seed": NaN, "loras": [[[1]]], "model": 3}'},
        {"parameters": '{"sui_image_params": {"prompt": ["x"]}}'}, {"sd-metadata": '{"image": {"prompt": [1]}}'},
        {"Software": "NovelAI", "Comment": '{"v4_prompt": {"caption": [1]}}'}, {"UserComment": '{"c": 1, "uc": 2}'},
        {"parameters": '{"base_model": 1, "prompt": 2, "resolution": {"a": [1]}, "loras": [[1, 2], [[]], 3]}'},
    ],
)  # fmt: skip
def test_what_is_no_settings_is_one_sentence(texts, tmp_path):
    with pytest.raises(BadRecipe):
        open_settings(png(tmp_path / "a.png", **texts))


def test_whatever_a_library_raises_is_one_sentence(tmp_path, monkeypatch):
    def fails(*_):
        raise RuntimeError("Failed to decode image: Not implemented")  # as Pillow for some AVIF

    monkeypatch.setattr("omni_ui.features.recipes.makers.texts_in", fails)
    with pytest.raises(BadRecipe, match="damaged"):
        open_settings(png(tmp_path / "a.png"))


A1111 = (
    "a red fox\nNegative prompt: blurry\nSteps: 24, Sampler: Euler a, CFG scale: 7, Seed: 99, Size: 512x768, Model: x"
)
READ = FOX | {"num_inference_steps": 24, "seed": 99, "size": "512x768", "guidance_scale": 7}
PLAIN = {
    "3": node("KSampler", seed=5, steps=20, cfg=8, model=["4", 0], positive=["6", 0], negative=["7", 0],
              latent_image=["5", 0]),
    "4": node("CheckpointLoaderSimple", ckpt_name="sd.safetensors"),
    "5": node("EmptyLatentImage", width=512, height=768),
    "6": node("CLIPTextEncode", text="a red fox"), "7": node("CLIPTextEncode", text="blurry"),
    "8": node("VAEDecode", samples=["3", 0]), "9": node("SaveImage", images=["8", 0]),
}  # fmt: skip
LOADER = {"positive": "a red fox", "negative": "blurry", "empty_latent_width": 512, "empty_latent_height": 768}


@pytest.mark.parametrize(
    ("texts", "maker"),
    [
        ({"parameters": A1111.replace("\n", "\r\n")}, "AUTOMATIC1111 or a program like it"),
        ({"parameters": A1111.replace("512x768", "512 × 768")}, "AUTOMATIC1111 or a program like it"),
        ({"Comment": A1111}, "AUTOMATIC1111 or a program like it"),
        ({"Description": A1111}, "AUTOMATIC1111 or a program like it"),
        ({"parameters": A1111, "fooocus_scheme": "a1111"}, "Fooocus"),
        ({"parameters": A1111 + ", Version: neo"}, "Forge Neo"),
        ({"prompt": "a red fox", "negative_prompt": "blurry", "seed": "99", "num_inference_steps": "24",
          "guidance_scale": "7", "width": "512", "height": "768", "use_stable_diffusion_model": "x"}, "Easy Diffusion"),
        ({"Prompt": "a red fox", "Negative Prompt": "blurry", "Seed": "99", "Steps": "24", "Guidance Scale": "7",
          "Width": "512", "Height": "768", "Stable Diffusion model": "x"}, "Easy Diffusion"),
        ({"Dream": '"a red fox [blurry]" -s 24 -S 99 -W 512 -H 768 -C 7 -A k_lms'}, "InvokeAI"),
    ],
)  # fmt: skip
def test_the_same_settings_in_other_places(texts, maker, tmp_path):
    opened = open_settings(png(tmp_path / "a.png", **texts))
    assert (opened.maker, opened.recipe.request) == (maker, READ)


def test_midjourney_names_what_has_no_place_here(tmp_path):
    opened = open_settings(
        png(tmp_path / "a.png", Description="a red fox --ar 3:2 --no blurry --seed 4 Job ID: 8f3c-1a")
    )
    assert opened.recipe.request == FOX | {"seed": 4}
    assert (opened.maker, opened.left_out) == ("Midjourney", ["--ar"])


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


@pytest.mark.parametrize(
    ("name", "text", "maker"),
    [("a.txt", A1111, "AUTOMATIC1111 or a program like it"), ("workflow_api.json", json.dumps(PLAIN), "ComfyUI"),
     ("a.swarm.json", json.dumps({"sui_image_params": {"prompt": "a red fox", "seed": 5}}), "SwarmUI")],
)  # fmt: skip
def test_settings_that_were_saved_alone(name, text, maker, tmp_path):
    (tmp_path / name).write_text(text)
    opened = open_settings(tmp_path / name)
    assert (opened.maker, opened.recipe.request["prompt"]) == (maker, "a red fox")


def test_a_comment_in_utf8_under_the_wrong_name(tmp_path):
    held = Image.Exif()
    held.get_ifd(0x8769)[0x9286] = b"UNICODE\0" + A1111.replace("fox", "Füchsin").encode()
    Image.new("RGB", (16, 16)).save(tmp_path / "a.jpg", exif=held.tobytes())
    assert open_settings(tmp_path / "a.jpg").recipe.request["prompt"] == "a red Füchsin"


@pytest.mark.parametrize(("name", "says"), [("invokeai_workflow", "by InvokeAI"), ("workflow", "by ComfyUI")])
def test_only_a_drawing_of_a_workflow(name, says, tmp_path):
    with pytest.raises(BadRecipe, match=says):
        open_settings(png(tmp_path / "a.png", **{name: "{}"}))
