"""What each family of models can do. Nothing on the wire says it (WIRE.md 3), so this table does.

This is the hand-written part: what upstream publishes of each model is in deployed.py, and used where nothing is here.
An entry is a pattern that is searched in the lower-cased model id (- for _), and what such models can do, by tab.
The first that matches holds, so narrow ones stand first. Limits and classes: vLLM-Omni 0.30.0, model_metadata.py.

`settings` are what the makers of a model recommend, by wire name; "size" is one that they name. The comment above an
entry gives the source. Where no public source is known, there are none: the model's own defaults hold.
"""

from typing import Any

from omni_ui.client.server.model_facts import Facts, KnownModel, chat, edit, image, sound, speech, video

PICTURES, EDITS, BOTH = "makes pictures", "changes pictures", "makes and changes pictures"
CLIPS, VOICE, ALOUD, LISTENS = "makes videos", "speaks", "understands and speaks", "transcribes speech"
WAN = {"fps": 16, "num_frames": 81}
FEW_STEPS: dict[str, Any] = {"num_inference_steps": 8, "true_cfg_scale": 1.0}

KNOWN_MODELS: list[KnownModel] = [
    # Our own demo server names its models after what they do.
    KnownModel(r"^demo/painter$", "The demo painter", PICTURES, image()),
    KnownModel(r"^demo/editor$", "The demo editor", EDITS, edit(4)),
    KnownModel(r"^demo/voice$", "The demo voice", VOICE, speech(clones=True)),
    KnownModel(r"^demo/sound$", "The demo sound maker", "makes sounds", sound(makes="sound song effect")),
    KnownModel(r"^demo/clip$", "The demo clip maker", CLIPS, video("text image")),
    KnownModel(r"^demo/talk$", "The demo talker", ALOUD, chat("text image audio video", "text audio image")),
    # Nothing for a tab: robots are steered over a socket (realtime/robot/openpi).
    KnownModel(
        r"gr00t|internvla|\bpi-?0(5|\b|_)|dreamzero|openpi|cosmos-?3.*policy", "This model", "steers a robot", {}
    ),
    KnownModel(r"[-_]asr\b|whisper", "This model", LISTENS, {}),
    KnownModel(r"soulx-?singer", "This model", "sings from a score or a recording", {}),
    # Distilled to a few steps without guidance: the model cards of Qwen-Image-Lightning and Wan2.2-Lightning.
    KnownModel(r"qwen-image-edit.*lightning", "Qwen-Image-Edit-Lightning", EDITS, edit(4, **FEW_STEPS)),
    KnownModel(r"qwen-image.*lightning", "Qwen-Image-Lightning", PICTURES, image(size="1328x1328", **FEW_STEPS)),
    KnownModel(
        r"wan.*i2v.*(lightning|dmd)",
        "Wan I2V, distilled",
        "makes videos that start from a picture",
        video("image", num_inference_steps=4, guidance_scale=1.0, **WAN),
    ),
    KnownModel(
        r"wan.*t2v.*(lightning|dmd)",
        "Wan T2V, distilled",
        CLIPS,
        video("text", num_inference_steps=4, guidance_scale=1.0, **WAN),
    ),
    # Qwen-Image family: the model cards' examples. True CFG acts only with a negative prompt.
    KnownModel(
        r"qwen-image-layered",
        "Qwen-Image-Layered",
        "takes pictures apart into layers",
        edit(1, layered=True, num_inference_steps=50, true_cfg_scale=4.0, layers=4, resolution=640),
    ),
    KnownModel(
        r"qwen-image-edit-(2509|2511|plus)",
        "Qwen-Image-Edit",
        EDITS,
        edit(4, num_inference_steps=40, true_cfg_scale=4.0, guidance_scale=1.0),
    ),
    KnownModel(r"qwen-image-edit", "Qwen-Image-Edit", EDITS, edit(1, num_inference_steps=50, true_cfg_scale=4.0)),
    KnownModel(
        r"qwen-?image", "Qwen-Image", PICTURES, image(num_inference_steps=50, true_cfg_scale=4.0, size="1328x1328")
    ),
    # Model card: 9 steps are 8 passes; "guidance should be 0 for the Turbo models".
    KnownModel(
        r"z-image-turbo", "Z-Image-Turbo", PICTURES, image(num_inference_steps=9, guidance_scale=0.0, size="1024x1024")
    ),
    # Model card: 28 to 50 steps, guidance 3 to 5.
    KnownModel(r"z-image", "Z-Image", PICTURES, image(num_inference_steps=50, guidance_scale=4.0, size="1024x1024")),
    # FLUX: the model cards; FLUX.1-dev and Kontext by the defaults of diffusers' pipelines (28 steps).
    KnownModel(
        r"flux\.?1[-_]?schnell|flux-schnell",
        "FLUX.1-schnell",
        PICTURES,
        image(num_inference_steps=4, guidance_scale=0.0, size="1024x1024"),
    ),
    KnownModel(r"kontext", "FLUX.1-Kontext", EDITS, edit(1, num_inference_steps=28, guidance_scale=2.5)),
    KnownModel(
        r"flux\.?2[-_]klein[-_]?(base|.*base)",
        "FLUX.2-klein base",
        BOTH,
        image(num_inference_steps=50, guidance_scale=4.0, size="1024x1024")
        | edit(4, num_inference_steps=50, guidance_scale=4.0),
    ),
    KnownModel(
        r"flux\.?2[-_]klein",
        "FLUX.2-klein",
        BOTH,
        image(num_inference_steps=4, guidance_scale=1.0, size="1024x1024")
        | edit(4, num_inference_steps=4, guidance_scale=1.0),
    ),
    KnownModel(
        r"flux\.?2",
        "FLUX.2",
        BOTH,
        image(num_inference_steps=50, guidance_scale=4.0, size="1024x1024")
        | edit(1, num_inference_steps=50, guidance_scale=4.0),
    ),
    KnownModel(
        r"flux.*krea", "FLUX.1-Krea", PICTURES, image(num_inference_steps=28, guidance_scale=4.5, size="1024x1024")
    ),
    KnownModel(r"flux", "FLUX.1-dev", PICTURES, image(num_inference_steps=28, guidance_scale=3.5, size="1024x1024")),
    # Stable Diffusion 3.5 and XL: the model cards.
    KnownModel(
        r"stable-diffusion-3.*turbo", "SD 3.5 Turbo", PICTURES, image(num_inference_steps=4, guidance_scale=0.0)
    ),
    KnownModel(
        r"stable-diffusion-3.*medium", "SD 3.5 medium", PICTURES, image(num_inference_steps=40, guidance_scale=4.5)
    ),
    KnownModel(r"stable-diffusion-3", "SD 3.5", PICTURES, image(num_inference_steps=28, guidance_scale=3.5)),
    KnownModel(r"sdxl-turbo", "SDXL-Turbo", PICTURES, image(num_inference_steps=1, guidance_scale=0.0, size="512x512")),
    KnownModel(r"stable-diffusion-xl|sdxl", "SDXL", PICTURES, image(size="1024x1024")),
    # Model cards, and the defaults of vLLM-Omni's own pipelines (diffusion/models/*/pipeline_*.py).
    # GLM-Image reads the picture with a language model first, so its edits think aloud.
    KnownModel(
        r"glm-image",
        "GLM-Image",
        BOTH,
        image(num_inference_steps=50, guidance_scale=1.5)
        | edit(1, streams_text=True, num_inference_steps=50, guidance_scale=1.5)
        | chat("text image", "text image"),
    ),
    KnownModel(
        r"hunyuanimage-?3",
        "HunyuanImage-3",
        BOTH,
        image(num_inference_steps=50)
        | edit(3, streams_text=True, num_inference_steps=50)
        | chat("text image", "text image"),
    ),
    KnownModel(
        r"bagel",
        "BAGEL",
        BOTH,
        image(num_inference_steps=50) | edit(1, streams_text=True) | chat("text image", "text image"),
    ),
    KnownModel(r"omnigen2", "OmniGen2", BOTH, image() | edit(1)),
    KnownModel(r"bytedance.*/lance\b", "Lance", "makes pictures and videos", image() | edit(1) | video("text image")),
    KnownModel(r"longcat-image-edit", "LongCat-Image-Edit", EDITS, edit(1, num_inference_steps=50)),
    KnownModel(r"longcat-image", "LongCat-Image", PICTURES, image(num_inference_steps=50)),
    KnownModel(
        r"ovis-image", "Ovis-Image", PICTURES, image(num_inference_steps=50, guidance_scale=5.0, size="1024x1024")
    ),
    KnownModel(r"nextstep", "NextStep-1", PICTURES, image(num_inference_steps=28, guidance_scale=7.5)),
    KnownModel(r"hidream.*fast", "HiDream-I1-Fast", PICTURES, image(num_inference_steps=16, guidance_scale=0.0)),
    KnownModel(r"hidream.*dev", "HiDream-I1-Dev", PICTURES, image(num_inference_steps=28, guidance_scale=0.0)),
    KnownModel(r"hidream", "HiDream", PICTURES, image(num_inference_steps=50, guidance_scale=5.0)),
    KnownModel(r"boogu-image.*edit", "Boogu-Image", EDITS, edit(1)),
    KnownModel(
        r"boogu|ernie-image|anima\b|kandinsky-?6|moss-image|krea-?2|sensenova-u1|mammoth-?moda|ming-image",
        "This model",
        PICTURES,
        image(),
    ),
    # Wan 2.1 and 2.2: the model cards' examples for diffusers.
    KnownModel(
        r"wan2\.2.*ti2v",
        "Wan2.2-TI2V",
        CLIPS,
        video("text image", size="1280x704", num_frames=121, fps=24, num_inference_steps=50, guidance_scale=5.0),
    ),
    KnownModel(
        r"wan2\.2.*t2v",
        "Wan2.2-T2V",
        CLIPS,
        video("text", size="1280x720", num_inference_steps=40, guidance_scale=4.0, guidance_scale_2=3.0, **WAN),
    ),
    KnownModel(r"wan2\.2.*s2v", "Wan2.2-S2V", "makes videos of a picture and a voice", video("image audio")),
    KnownModel(
        r"wan2\.2.*i2v",
        "Wan2.2-I2V",
        "makes videos that start from a picture",
        video("image", num_inference_steps=40, guidance_scale=3.5, **WAN),
    ),
    KnownModel(r"wan.*vace", "Wan-VACE", "makes and changes videos", video("text image video", **WAN)),
    KnownModel(
        r"wan2\.1.*i2v",
        "Wan2.1-I2V",
        "makes videos that start from a picture",
        video("image", num_inference_steps=50, guidance_scale=5.0, **WAN),
    ),
    KnownModel(
        r"wan2\.1", "Wan2.1", CLIPS, video("text", size="832x480", num_inference_steps=50, guidance_scale=5.0, **WAN)
    ),
    KnownModel(r"\bwan\d|wan-ai/", "Wan", CLIPS, video("text image")),
    # Model card of LTX-2: 40 steps, guidance 4; distilled ones 8 steps without guidance.
    KnownModel(
        r"ltx-?2.*distilled",
        "LTX-2 distilled",
        CLIPS,
        video("text image", num_frames=121, fps=24, num_inference_steps=8, guidance_scale=1.0),
    ),
    KnownModel(
        r"ltx-?2",
        "LTX-2",
        CLIPS,
        video("text image", num_frames=121, fps=24, num_inference_steps=40, guidance_scale=4.0),
    ),
    # pipeline_hunyuan_video_1_5.py:398-402 and the model card: 50 steps, guidance 6, 121 frames at 24.
    KnownModel(
        r"hunyuanvideo-?1\.5.*i2v",
        "HunyuanVideo-1.5",
        CLIPS,
        video("image", num_frames=121, fps=24, num_inference_steps=50, guidance_scale=6.0),
    ),
    KnownModel(
        r"hunyuan-?video",
        "HunyuanVideo-1.5",
        CLIPS,
        video("text", num_frames=121, fps=24, num_inference_steps=50, guidance_scale=6.0),
    ),
    KnownModel(r"minimax-?h3", "MiniMax-H3", CLIPS, video("text image video audio")),
    KnownModel(r"longcat-video(?!-avatar)", "LongCat-Video", CLIPS, video("text image")),
    KnownModel(r"longcat-video-avatar", "LongCat-Video-Avatar", CLIPS, video("image audio")),
    KnownModel(r"cosmos-?3", "Cosmos3", CLIPS, video("text image video")),
    KnownModel(r"sana.*i2v|magi-?2|sana-?wm|lingbot-world", "This model", CLIPS, video("image")),
    KnownModel(r"helios|sana.?video|lingbot-video|magi-?human|dreamid", "This model", CLIPS, video("text image")),
    # Speech. Qwen3-TTS checkpoints are trained for one task each (tts_adapters/qwen3_tts.py:118-143).
    KnownModel(r"qwen3-tts.*customvoice", "Qwen3-TTS-CustomVoice", "speaks with its own voices", speech("CustomVoice")),
    KnownModel(
        r"qwen3-tts.*voicedesign",
        "Qwen3-TTS-VoiceDesign",
        "speaks with voices that you describe",
        speech("VoiceDesign"),
    ),
    KnownModel(r"qwen3-tts.*base", "Qwen3-TTS-Base", "speaks with voices that it copies", speech("Base")),
    KnownModel(r"qwen3-?tts", "Qwen3-TTS", VOICE, speech()),
    KnownModel(
        r"cosyvoice|fish-?(speech|audio|qwen)|s2-pro|voxtral.*tts|glm-?tts|index-?tts|higgs|voxcpm|omnivoice|moss-tts"
        r"|moss-voice|audio8|breeze|gepard|ming.*tts|audex(?!.*only)",
        "This model",
        VOICE,
        speech(clones=True),
    ),
    # Model card of Stable Audio Open: 47 s at most; its example for stable-audio-tools: 100 steps, guidance 7.
    KnownModel(
        r"stable-audio",
        "Stable Audio",
        "makes sounds and music",
        sound(47.0, num_inference_steps=100, guidance_scale=7.0),
    ),
    # Songs come by the speech route: lyrics as the text, the style as instructions (minimax_music3.py:48-103; YuE2 by
    # the release notes of 0.32.0, vllm-omni#7886).
    KnownModel(r"yue-?2|minimax-?music", "This model", "makes songs", sound(360.0, makes="song")),
    KnownModel(r"moss-?sound-?effect", "This model", "makes sound effects", sound(makes="effect")),
    KnownModel(r"audiox|\bauk\b", "This model", "makes sounds", sound()),
    # Conversation. Instruct answers with speech; Thinking and Captioner have no talker.
    KnownModel(
        r"qwen3-omni.*(thinking|captioner)", "Qwen3-Omni", "understands", chat("text image audio video", "text")
    ),
    KnownModel(r"qwen(2[.-]5|3|3\.5)-omni", "Qwen-Omni", ALOUD, chat("text image audio video", "text audio")),
    KnownModel(r"dynin-?omni|joyai-vl-interaction", "This model", ALOUD, chat("text image audio video", "text audio")),
    KnownModel(r"minicpm-?o", "MiniCPM-o", ALOUD, chat("text image audio video", "text audio")),
    KnownModel(
        r"ming.*omni", "Ming-Omni", "understands, speaks and draws", chat("text image audio video", "text audio image")
    ),
    KnownModel(
        r"mimo-audio|step-audio|covo-audio|fun-?audio-?chat|kimi-audio|voicechat|personaplex|raon|aura-?omni",
        "This model",
        ALOUD,
        chat("text audio", "text audio"),
    ),
    KnownModel(
        r"-vl\b|-vl-|vision|llava|internvl|pixtral", "This model", "reads text and pictures", chat("text image", "text")
    ),
    KnownModel(
        r"-(instruct|chat|it)\b|gpt-oss|llama|mistral|deepseek|qwen(2|2\.5|3)-\d",
        "This model",
        "answers in text",
        chat("text", "text"),
    ),
]

# Words in a name that no entry knows. Tried in this order; a guess, and said to be one.
HINTS: list[tuple[str, str, dict[str, Facts]]] = [
    # Of OpenAI-style servers with several models, where the one is chosen by what it is for.
    (r"whisper|transcri|embed|rerank|moderation", "does something else", {}),
    (r"dall-?e|gpt-image", BOTH, image() | edit(None)),
    (r"^sora", CLIPS, video("text image")),
    (r"layered", EDITS, edit(1, layered=True)),
    (r"edit|inpaint|kontext|i2i", EDITS, edit(None)),
    (r"i2v", CLIPS, video("image")),
    (r"t2v|video|animate", CLIPS, video("text image")),
    (r"tts|voice|speech|speak", VOICE, speech(clones=True)),
    (r"omni", ALOUD, chat("text image audio video", "text audio")),
    (r"audio|music|sound", "makes sounds", sound()),
    (r"image|diffusion|t2i|turbo|paint", PICTURES, image() | edit(None)),
]
