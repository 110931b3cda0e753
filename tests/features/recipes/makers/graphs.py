"""Settings and graphs as other programs write them, and a picture that carries them."""

from pathlib import Path

from PIL import Image, PngImagePlugin

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
