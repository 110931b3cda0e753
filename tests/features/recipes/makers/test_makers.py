"""Settings of other programs, in the files and the places in which those programs write them."""

import json

import pytest
from PIL import Image
from sd_parsers import ParserManager

from omni_ui.client import ImageRequest, ui_option
from omni_ui.features.recipes import BadRecipe, open_settings
from omni_ui.features.recipes.makers import read_foreign_text
from omni_ui.features.recipes.recipe import REQUESTS, Recipe
from omni_ui.features.recipes.words import parameters
from tests.features.recipes.makers.graphs import CASES, FOX, PLAIN, QWEN, READ, png


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


def test_a_name_of_a_program_means_one_field():
    """But for A1111's guidance, which depends on what stands beside it."""
    meant = {}
    for model in REQUESTS.values():
        for wire_name, info in model.model_fields.items():
            for program, name in ui_option(info, "elsewhere", {}).items():
                meant.setdefault((program, name), set()).add(wire_name)
    assert {name for name, fields in meant.items() if len(fields) > 1} == {("a1111", "CFG scale")}


def test_what_we_write_as_a1111_does_is_read_again():
    asked = ImageRequest(prompt="a red fox", flow_shift=3.5, num_inference_steps=8, true_cfg_scale=4, seed=7)
    text = parameters(Recipe.of(asked))
    assert "Steps: 8, CFG scale: 4, Seed: 7, Shift: 3.5" in text
    request = read_foreign_text(text).recipe.request
    assert (request["flow_shift"], request["num_inference_steps"], request["seed"]) == (3.5, 8, 7)
