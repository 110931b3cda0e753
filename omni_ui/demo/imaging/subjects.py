"""Stands the subjects of a wish in the scene: where, how large, with their shadows, reflections and riders."""

import numpy as np
from PIL import Image, ImageDraw

from omni_ui.demo.imaging import land
from omni_ui.demo.imaging.canvas import Stage, blurred, colours, mix, pick, rgb
from omni_ui.demo.imaging.drawing import draw, drawings
from omni_ui.demo.imaging.plants import tufts
from omni_ui.demo.imaging.worlds import globe
from omni_ui.demo.words import Subject, Wish

HOME = {name: drawing.home for name, drawing in drawings().items()}
HOME |= {"tree": "meadow", "blossom tree": "meadow", "ringed planet": "space", "woman": "backdrop", "man": "backdrop"}
HOME |= {name: "table" for name, home in HOME.items() if home == "studio"}
HOME |= {"cat": "table", "astronaut": "space"}
SIZES = {"tree": 0.62, "blossom tree": 0.72, "ringed planet": 0.6}
FAR = {"ringed planet": 0, "castle": 1, "lighthouse": 1, "windmill": 1, "tree": 2, "blossom tree": 2, "cabin": 2}
"""What stands behind other things, the farthest first."""
ROOMS, PEOPLE = ("studio", "abstract", "space", "underwater"), ("woman", "man")
ONE_WAY = {"lighthouse", "castle", "cabin", "woman", "man", "figure woman", "figure man"}
"""What looks the same from both sides, or has a light side of its own."""
AFLOAT, FLYING = {"sailboat"}, {"balloon", "butterfly", "spaceship", "rocket"}
BALLOONS = ("d8503c", "2f7fa8", "e8a33c", "5f9f6a", "8a5aa8", "e07a8a")
LANDMARKS = {"lighthouse", "castle", "cabin", "windmill", "tree", "blossom tree", "palm", "train"}


def place_subjects(stage: Stage, wish: Wish, scene: str, weight: float) -> None:
    """Draws every subject of the wish, the far ones first, spread over the width."""
    plan = [(subject, k) for subject in wish.subject[:4] for k in range(min(subject.count, 12))]
    plan.sort(key=lambda entry: FAR.get(entry[0].name, 3))
    near = sum(subject.name not in FAR for subject, _ in plan)
    slots = _slots(near if len(plan) > 1 else 1, stage)
    for subject, k in plan:
        landmark = subject.name in FAR and len(plan) > 1
        x = stage.width * (0.5 - 0.2 * stage.side) if landmark else slots.pop()
        if len(plan) == 2 and near == 1 and not landmark:  # a landmark on one side, the other thing across
            x += stage.width * 0.17 * stage.side
        _place(stage, subject, k, x, max(1, subject.count, near), scene, weight)


def _slots(count: int, stage: Stage) -> list[float]:
    if count == 1:
        return [stage.width * (0.5 + stage.side * -0.03)]
    places = (np.arange(count) + 0.5 + stage.rng.uniform(-0.2, 0.2, count)) / max(count, 1)
    return list(stage.rng.permutation(stage.width * (0.08 + 0.84 * places)))


def _place(stage: Stage, subject: Subject, k: int, x: float, crowd: int, scene: str, weight: float) -> None:
    """Draws the `k`th of a subject at the column `x`, with all that belongs to it; `crowd` share the picture."""
    unit, name, colour = stage.unit, subject.name, subject.colour
    outdoors = scene not in ROOMS
    if name in PEOPLE and scene not in ("studio", "abstract"):
        name = f"figure {name}"
    size = SIZES.get(name) or drawings()[name].size
    tall = unit * size * (0.72 + 0.28 * min(weight, 1.3)) * (1.0 if crowd == 1 else max(0.4, 1.05 - 0.09 * crowd))
    if name == "ringed planet":
        high = stage.height * 0.38 if scene == "space" else stage.horizon * 0.5
        globe(stage, x, high, tall * 0.34, rings=True, hue=colour)
        return
    if outdoors and HOME.get(name) == "table":
        tall *= 0.6
    haze, ground = 0.0, False
    if scene in ("space", "underwater", "abstract") or (name in FLYING and outdoors):
        foot, tall, haze = _floating(stage, k, x, tall, crowd, scene)
        if name == "balloon" and crowd > 1:
            colour = colour or BALLOONS[k % len(BALLOONS)]
    else:
        ground = name not in PEOPLE
        x, foot, tall = _standing(stage, name, x, tall, crowd, scene)
        if subject.count > 1 and ground and outdoors:
            foot += (stage.height - stage.horizon) * stage.rng.uniform(-0.12, 0.16)
        if ground and outdoors and foot > stage.height * 0.2:
            tall = min(tall, foot - stage.height * 0.03)
    picture = draw(name, tall, stage, colour, haze, stage.snowy)
    at_sea = scene == "sea" and (name in AFLOAT or name == "whale")
    if at_sea and name == "whale":
        picture = picture.crop((0, 0, picture.width, int(picture.height * 0.74)))
    if name not in ONE_WAY and stage.side < 0:
        picture = picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    left, top = x - picture.width / 2, foot - picture.height
    if subject.rider:
        _ride(stage, subject.rider, picture, left, top)
    if at_sea:
        mirror(stage, picture, left, foot, name == "whale")
    elif ground:
        shadow(stage, picture, left, foot, indoors=not outdoors)
    bob = "bob" if not ground or name in AFLOAT or name == "whale" else ""
    stage.put(name, picture, left, top, bob, float(stage.rng.uniform(0.3, 1)))
    if ground and stage.ground is not None and scene in ("meadow", "forest", "mountain", "village") and not stage.snowy:
        base = picture.getchannel("A").crop(
            (0, int(picture.height * 0.93), picture.width, picture.height)
        ).getbbox() or (0, 0, picture.width, 0)
        tufts(stage, left + base[0], foot, base[2] - base[0], min(tall, unit * 0.4))
    if at_sea and name == "whale":
        spray(stage, picture, left, foot)


def _floating(stage: Stage, k: int, x: float, tall: float, crowd: int, scene: str) -> tuple[float, float, float]:
    """The row of the foot, the height and the haze of something in the air, in space or under water."""
    rng, outdoors, haze = stage.rng, scene not in ROOMS, 0.0
    high = stage.horizon * 0.5 if outdoors else stage.height * (0.47 if x == _slots(1, stage)[0] else 0.62)
    if crowd > 1:
        depth = rng.random() * (0.25 if k == 0 else 1)  # one of them near
        tall *= 1.15 - 0.75 * depth
        haze = 0.45 * depth if outdoors else 0
        high += (rng.random() - 0.5) * 0.5 * (stage.horizon if outdoors else stage.height)
    foot = high + tall / 2
    if scene == "underwater":
        foot = stage.height * rng.uniform(0.22, 0.66) if crowd > 1 else min(foot, stage.height * 0.7)
    return foot, tall, haze


def _standing(stage: Stage, name: str, x: float, tall: float, crowd: int, scene: str) -> tuple[float, float, float]:
    """The column, the row of the foot and the height of something on the ground, in a room or on the water."""
    outdoors, floor = scene not in ROOMS, stage.height - stage.horizon
    if name in PEOPLE:
        return x, stage.height + 1, tall
    if name in AFLOAT and scene == "sea":
        foot = stage.horizon + floor * (0.34 if crowd == 1 else stage.rng.uniform(0.08, 0.5))
        return x, foot, tall * (0.45 + 0.55 * min(1, (foot - stage.horizon) / (floor * 0.3)))
    if name == "whale":
        return x, stage.horizon + floor * 0.42, tall
    if name == "lighthouse" and scene == "sea":
        edge = stage.width * (0.66 if x >= stage.width / 2 else 0.34)
        cap = colours("eef2f8" if stage.snowy else "7d9a58")[0]
        x, foot = land.headland(stage, edge, stage.unit * 0.2, stage.horizon + floor * 0.22, colours("8a7a74")[0], cap)
        return x, foot + stage.unit * 0.012, tall
    if outdoors and stage.bank:
        return x, stage.bank, tall
    far = outdoors and name in LANDMARKS
    share = 0.3 if far and name == "castle" else 0.4 if far else 0.62 if outdoors else 0.42
    return x, stage.horizon + floor * share, tall


def _ride(stage, rider: Subject, mount, left, top) -> None:
    """Seats the upper part of the rider on the mount's back, one leg over its near side."""
    name = f"figure {rider.name}" if rider.name in ("woman", "man") else rider.name
    if name not in drawings():
        return
    seat = draw(name, mount.height * 0.74, stage, rider.colour)
    seat = seat.crop((0, 0, seat.width, int(seat.height * 0.66)))
    hip, tone = mount.width * (0.5 - 0.04 * stage.side), colours(rider.colour or drawings()[name].colour)[0]
    stage.put(name, seat, left + hip - seat.width / 2, top + mount.height * 0.42 - seat.height)
    pen, wide = ImageDraw.Draw(mount), mount.height * 0.075
    leg, foot = [(0, 0.4), (0.9, 0.52), (0.36, 0.68)], [(0.36, 0.69), (1, 0.7)]
    for points, albedo in ((leg, tone), (foot, tone * 0.6)):
        path = [(hip + across * wide * stage.side, down * mount.height) for across, down in points]
        pen.line(path, rgb(stage.light.on(albedo, 0.7)), int(wide), "curve")
        for px, py in path:
            pen.ellipse((px - wide / 2, py - wide / 2, px + wide / 2, py + wide / 2), rgb(stage.light.on(albedo, 0.7)))


def shadow(stage: Stage, picture: Image.Image, left, foot, indoors=False) -> None:
    """The cast shadow, lying away from the light, and the dark line of contact."""
    alpha = picture.getchannel("A")
    flat = alpha.resize((picture.width, max(2, int(picture.height * 0.22)))).transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    slide = int(flat.height * (1.6 if stage.light.height < 0.3 else 0.8)) * stage.side
    wide = flat.width + abs(slide) * 2
    field = Image.new("L", (wide, flat.height * 2))
    field.paste(flat, (abs(slide), flat.height))
    turn = (1, slide / flat.height, -slide, 0, 1, 0)
    field = field.transform(field.size, Image.Transform.AFFINE, turn, Image.Resampling.BILINEAR)
    field = blurred(field, max(1, picture.height * 0.012))
    if not indoors:
        _dark(stage, field.point(lambda v: v * 0.32), left - abs(slide), foot - flat.height - picture.height * 0.03)
    base = alpha.crop((0, int(picture.height * 0.94), picture.width, picture.height)).getbbox() or (0, 0, 1, 0)
    w, h = base[2] - base[0], max(3, int(picture.height * 0.04))
    middle = left + (base[0] + base[2]) / 2
    ellipses: list[tuple[float, float, float, int]] = [(1.0, h, 0.0, 135)]
    if indoors:  # the light of a room is soft: pools that grow wider and fainter
        ellipses = [(0.96, h, 0.0, 150), (1.25, h * 2.2, 0.1, 80), (1.7, h * 3.4, 0.3, 55)]
    for share, tall, away, strength in ellipses:
        pad, wide = int(tall * 2), int(w * share)
        pool = Image.new("L", (wide + 2 * pad, int(tall) + 2 * pad))
        ImageDraw.Draw(pool).ellipse((pad, pad, wide + pad, tall + pad), strength)
        left, top = middle - away * w * stage.side - wide / 2 - pad, foot - h * 0.55 - tall / 2 - pad
        _dark(stage, blurred(pool, tall * 0.45), left, top)


def _dark(stage, mask, left, top) -> None:
    tone = Image.new("RGBA", mask.size, rgb(stage.light.shade * 0.3))
    tone.putalpha(mask)
    stage.put("shadow", tone, left, top)


def mirror(stage: Stage, picture: Image.Image, left, foot, dim: bool) -> None:
    """The subject upside down in the water, broken into ripples and fading with depth."""
    flipped = np.asarray(picture.transpose(Image.Transpose.FLIP_TOP_BOTTOM)).copy()
    rows = flipped.shape[0]
    d = np.arange(rows)
    sway = (np.sin(d / rows * 46 + 2 * np.sin(d / rows * 17)) * rows * 0.016 * (0.3 + d / rows)).astype(int)
    for row in range(rows):
        flipped[row] = np.roll(flipped[row], sway[row], 0)
    fade = np.clip(0.62 - d / rows * 0.75, 0, 1) * (0.4 if dim else 1)
    flipped[..., 3] = flipped[..., 3] * fade[:, None]
    flipped[..., :3] = mix(flipped[..., :3].astype(np.float32), stage.light.sky[1] * 200, 0.3)
    stage.put("mirror", Image.fromarray(flipped, "RGBA"), left, foot - rows * 0.03, "bob", 0.5)


def spray(stage: Stage, picture, left, foot) -> None:
    """Foam where a whale breaks the water, and its spout."""
    rng, tall = stage.rng, picture.height
    foam = Image.new("RGBA", (picture.width * 2, tall * 3), (255, 255, 255, 0))
    pen = ImageDraw.Draw(foam)
    for k in range(420):
        wide = 2 if k < 300 else 1
        if wide == 2:
            x, y = picture.width * (0.5 + rng.random()), tall * (2.0 + rng.normal() * 0.045)
        else:
            x = picture.width * (1 - 0.18 * stage.side) + rng.normal() * tall * 0.09
            y = tall * (1.15 - rng.random() * 0.62 + abs(rng.normal()) * 0.1)
        r = tall * rng.uniform(0.006, 0.02 + 0.006 * (wide - 1))
        pen.ellipse((x - r * wide, y - r, x + r * wide, y + r), (244, 250, 255, 110))
    stage.put("foam", foam, left - picture.width * 0.5, foot - tall * 2.03)


def house_row(stage: Stage, foot, tall: float, haze: float, snowy: bool) -> None:
    """Cottages along a hill, in a few wall colours, their windows warm after dark."""
    x = stage.width * stage.rng.uniform(0.05, 0.18)
    walls = ("c98a5f", "e0c8a0", "b86a52", "d8d0c0", "9a7a68")
    while x < stage.width * 0.95:
        size = tall * stage.rng.uniform(0.85, 1.15)
        picture = draw("cabin", size, stage, pick(stage.rng, walls), haze, snowy)
        if stage.rng.random() < 0.5:
            picture = picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        ground = float(foot[int(np.clip(x, 0, stage.width - 1))])
        shadow(stage, picture, x - picture.width / 2, ground)
        stage.put("house", picture, x - picture.width / 2, ground - picture.height)
        x += tall * stage.rng.uniform(1.3, 2.9)
