"""Composes a scene from a wish: the light, the sky, the land from far to near, the subjects, the weather."""

import numpy as np

from omni_ui.demo.imaging import land, plants, sky, town, worlds
from omni_ui.demo.imaging.canvas import LIGHTS, Stage, colours, mix, pick
from omni_ui.demo.imaging.subjects import HOME, ROOMS, house_row, place_subjects
from omni_ui.demo.words import Wish

LANDSCAPES = ["mountain", "sea", "meadow", "forest", "mountain", "desert", "snow", "sea"]
BELONGS = {
    "mountain": ["aurora"],
    "sea": ["storm", "sun", "birds"],
    "meadow": ["flowers", "spring", "rainbow"],
    "forest": ["autumn", "trees"],
}
"""The scene that a feature asks for where none is named."""
HOURS = {"desert": ["golden", "day", "sunset"], "sea": ["day", "golden", "sunset"], "city": ["dusk", "golden", "day"]}
STONE = ["8d8794", "9c8b82", "7f8a90", "a08878"]
FACADES = "d9c2a6 c98f6f 9fb1bd e3d8c8 8c8fa6 b7a08c 7f96a8"
NEON = "ff3d9a 32e6ff ffd23d 9a5cff 4dffa6"
HORIZONS = {"sea": 0.5, "desert": 0.56, "city": 0.66, "village": 0.56, "snow": 0.56, "meadow": 0.54, "forest": 0.6}


def build(wish: Wish, width: int, height: int, seed: int, weight: float = 1.0) -> Stage:
    """The painted layers; `weight` (about 0..1.5) is how strongly the subjects are taken, 0 leaves them out."""
    rng = np.random.default_rng([wish.key, seed % 2**64])
    scene = choose_scene(wish, rng)
    hour = choose_hour(wish, scene, rng)
    lights = LIGHTS["neon" if "neon" in wish.style and hour in ("night", "dusk") else hour]
    stage = Stage(width, height, rng, pick(rng, lights), side=int(rng.choice((-1, 1))))
    room = scene in ROOMS
    share = HORIZONS.get(scene, 0.58) + rng.uniform(-0.03, 0.03)
    if scene == "studio":
        stage.light, share = LIGHTS["day"][0], 0.68
    stage.horizon = int(np.clip(height * share, 1, height - 1))
    x, y = rng.uniform(0.1, 0.27), rng.uniform(0.95, 1.1)
    stage.sun = width * (0.5 + stage.side * x), stage.horizon * (1 - stage.light.height * y)
    hues = wish.colour if not wish.subject else []
    if scene == "space":
        rings = any(thing.name == "ringed planet" for thing in wish.subject)
        worlds.space(stage, planet=wish.has("planet") and not rings)
    elif scene == "underwater":
        worlds.underwater(stage)
    elif scene == "studio":
        table = not any(HOME.get(thing.name) == "backdrop" for thing in wish.subject)
        worlds.studio(stage, table, hues[0] if hues else None)
    elif scene == "abstract":
        worlds.abstract(stage, hues)
    else:
        outdoors(stage, wish, scene, hour)
    if not room and wish.has("fog"):
        sky.fog(stage)
    if weight > 0.3:
        place_subjects(stage, wish, scene, weight)
    if not room and wish.has("rain", "storm"):
        sky.rain(stage)
    if not room and wish.has("snowfall"):
        sky.snowfall(stage)
    return stage


def choose_scene(wish: Wish, rng) -> str:
    """The scene that was named; else the home of the first subject; else one of the landscapes."""
    named = [name for name in wish.scene if name != "snow"] or wish.scene
    for name in ("space", "underwater", "abstract"):
        if name in named:
            return name
    if "studio" in named and any(HOME.get(thing.name) in ("table", "backdrop") for thing in wish.subject):
        return "studio"
    rest = [name for name in named if name not in ("mountain", "studio")]
    if rest:
        return rest[0]
    if named:
        return "sea" if any(HOME.get(thing.name) == "sea" for thing in wish.subject) else named[0]
    if wish.subject:
        homes = {"table": "studio", "backdrop": "studio", "air": "meadow"}
        home = HOME.get(wish.subject[0].name, "meadow")
        return homes.get(home, home)
    return next((home for home, names in BELONGS.items() if wish.has(*names)), None) or pick(rng, LANDSCAPES)


def choose_hour(wish: Wish, scene: str, rng) -> str:
    if wish.hour:
        order = ["night", "sunset", "dusk", "dawn", "golden", "overcast", "day"]
        return min(wish.hour, key=order.index)
    if wish.has("aurora", "moon", "stars") or ("neon" in wish.style and scene == "city"):
        return "night"
    if wish.has("storm", "rain"):
        return "storm" if wish.has("storm") else "overcast"
    if "neon" in wish.style:
        return "dusk"
    if wish.has("rainbow", "sun"):
        return "day"
    return pick(rng, HOURS.get(scene, ["day", "day", "golden", "dawn"]))


def outdoors(stage: Stage, wish: Wish, scene: str, hour: str) -> None:
    rng, light = stage.rng, stage.light
    snowy = stage.snowy = scene == "snow" or (wish.has("snow", "winter", "snowfall", "aurora") and scene != "desert")
    cloudy = hour in ("overcast", "storm") or wish.has("storm", "rain")
    if scene in ("mountain", "village") and light.height < 0.3:
        stage.peaks = stage.unit * (0.26 if scene == "mountain" else 0.2)
        stage.sun = stage.sun[0], stage.sun[1] - stage.peaks
    sky.sky(stage)
    if (light.dark or hour == "dusk") and not cloudy:
        sky.stars(stage, stage.horizon, 1.0 if light.dark else 0.3)
    if wish.has("aurora"):
        sky.aurora(stage)
    if light.dark and not wish.has("aurora") and (not cloudy or wish.has("moon")):
        sky.moon(stage, crescent=rng.random() < 0.3)
    elif not light.dark and light.height > -0.01 and not cloudy:
        sky.sun(stage)
    if not wish.has("clear") and not wish.has("aurora"):
        kind = "blanket" if cloudy else "heap" if hour == "day" else "streak"
        amount = 0.8 if cloudy else {"day": 0.34, "night": 0.2}.get(hour, 0.4) + (0.2 if wish.has("clouds") else 0)
        sky.clouds(stage, amount * rng.uniform(0.85, 1.15), kind)
    if wish.has("rainbow"):
        sky.rainbow(stage)
    if wish.has("storm"):
        sky.lightning(stage)
    painters = {"sea": sea, "city": city, "village": village, "forest": forest, "desert": desert, "mountain": peaks}
    painters.get(scene, meadow)(stage, wish, snowy)


def on_land(wish: Wish) -> bool:
    """Whether something asked for needs ground to stand on."""
    return any(HOME.get(thing.name) not in ("sea", "air", "space") for thing in wish.subject)


def ground(stage: Stage, wish: Wish, snowy: bool) -> np.ndarray:
    choice = land.SNOW if snowy else pick(stage.rng, plants.AUTUMN if wish.has("autumn") else plants.GREENS)
    stage.ground = colours(choice)
    return stage.ground


def range_behind(stage: Stage, snowy: bool, tall=0.34, near=True) -> None:
    rng, unit = stage.rng, stage.unit
    rock = colours(pick(rng, STONE))[0]
    snowline = 0.2 if snowy else 0.62
    base = stage.horizon + unit * 0.02
    land.mountains(stage, base, unit * tall, 0.62, snowline, rock)
    if near:
        land.mountains(stage, base + unit * 0.02, unit * tall * 0.62, 0.34, snowline + 0.25, rock, 4)


def firs(stage: Stage, snowy: bool, palette, tall=200) -> list:
    dark = colours("6c8f62 4a7552 335c48 20403a")
    tone = dark if snowy else mix(palette, dark, 0.6)
    snow = 0.75 if snowy else 0.0
    return [plants.conifer(stage.rng, tall, stage.light, stage.side, tone, snow) for _ in range(4)]


def broad(stage: Stage, wish: Wish, snowy: bool, palette, tall=220) -> list:
    if snowy:
        return firs(stage, True, palette, tall)
    sets = [palette]
    if wish.has("autumn"):
        sets = [colours(text) for text in (*plants.AUTUMN, "f2c23e e0982e b86a2a 7c4426")]
    elif wish.has("spring"):
        sets = [colours("ffe3ea f9bccd ea8fae b65f88"), colours("fff0f0 fccfd6 f0a0b4 c06c90")]
    return [plants.leafy(stage.rng, tall, stage.light, stage.side, pick(stage.rng, sets)) for _ in range(4)]


def sea(stage: Stage, wish: Wish, snowy: bool) -> None:
    rng, unit = stage.rng, stage.unit
    if "mountain" in wish.scene:
        range_behind(stage, snowy, 0.26, near=False)
    elif "city" in wish.scene:
        town.buildings(stage, unit * 0.16, 0.5, colours(FACADES))
    elif rng.random() < 0.75:
        land.far_ridge(stage, stage.horizon + unit * 0.02, unit * 0.085, 0.72, colours("6f8296")[0])
    calm = 0.92 if wish.has("calm") else 0.15 if wish.has("storm") else 0.5
    land.water(stage, stage.horizon, calm=calm)
    if wish.has("beach") or on_land(wish) or any(thing.name == "palm" for thing in wish.subject):
        land.beach(stage, snowy)


def peaks(stage: Stage, wish: Wish, snowy: bool) -> None:
    unit, palette = stage.unit, ground(stage, wish, snowy)
    range_behind(stage, snowy, 0.4)
    trees = firs(stage, snowy, palette)
    if wish.has("water", "aurora") or (not wish.subject and stage.rng.random() < 0.4):
        plants.tree_row(stage, stage.horizon + unit * 0.012, unit * 0.07, 0.35, trees, 0.3)
        land.water(stage, stage.horizon + int(unit * 0.01), calm=0.85)
        solid = on_land(wish)
        top = land.hill(stage, stage.height * (0.87 if solid else 0.97), unit * 0.07, 0, palette)
        plants.tree_row(stage, top + unit * 0.02, unit * 0.24, 0, trees, 0.4, (0.14, 0.86) if solid else (0.2, 0.8))
        stage.bank = stage.height * 0.91
        return
    rows = ((0.04, 0.4, 0.06, 0.5, None), (0.15, 0.18, 0.1, 0.6, (0.3, 0.75)), (0.3, 0, 0.2, 0.45, (0.14, 0.86)))
    for level, haze, tall, gap, hole in rows:
        top = land.hill(stage, stage.horizon + unit * level, unit * 0.1, haze, palette)
        plants.tree_row(stage, top + unit * 0.01, unit * tall, haze, trees, gap, hole)


def meadow(stage: Stage, wish: Wish, snowy: bool) -> None:
    unit, palette = stage.unit, ground(stage, wish, snowy)
    if "mountain" in wish.scene or snowy or stage.rng.random() < 0.4:
        range_behind(stage, snowy, 0.24, near=False)
    else:
        land.far_ridge(stage, stage.horizon + unit * 0.03, unit * 0.1, 0.6, palette[2])
    firs_too = firs(stage, snowy, palette) if snowy else broad(stage, wish, snowy, palette)
    top = land.hill(stage, stage.horizon + unit * 0.05, unit * 0.1, 0.42, palette)
    plants.tree_row(stage, top + unit * 0.008, unit * 0.075, 0.4, firs_too, 1.1)
    top = land.hill(stage, stage.horizon + unit * 0.13, unit * 0.09, 0.18, palette)
    plants.tree_row(stage, top + unit * 0.012, unit * 0.17, 0.16, firs_too, 1.5, (0.28, 0.74))
    if wish.has("water"):
        land.water(stage, int(stage.horizon + unit * 0.15), calm=0.85)
        stage.bank = stage.horizon + (stage.height - stage.horizon) * 0.8
    land.hill(stage, stage.horizon + unit * 0.27, unit * 0.07, 0, palette)
    if wish.has("flowers", "spring") and not snowy:
        plants.flowers(stage, stage.horizon + unit * 0.24)


def forest(stage: Stage, wish: Wish, snowy: bool) -> None:
    unit, palette = stage.unit, ground(stage, wish, snowy)
    floor = palette if snowy else mix(palette, colours("7a6a4a")[0], 0.25)
    if "mountain" in wish.scene:
        range_behind(stage, snowy, 0.3, near=False)
    leaves = broad(stage, wish, snowy, palette, 300)
    pines = firs(stage, snowy, palette, 320)
    mixed = leaves if wish.has("autumn", "spring") else pines + leaves[:1]
    rows = ((0.0, 0.2, 0.7, 0.2, None), (0.03, 0.27, 0.52, 0.24, None), (0.07, 0.36, 0.34, 0.32, (0.45, 0.56)))
    for level, tall, haze, gap, hole in rows:
        plants.tree_row(stage, stage.horizon + unit * level, unit * tall, haze, mixed, gap, hole)
        land.hill(stage, stage.horizon + unit * (level + 0.02), unit * 0.02, haze * 0.7, floor)
    land.hill(stage, stage.horizon + unit * 0.2, unit * 0.05, 0.0, floor)
    if wish.has("water"):
        land.water(stage, int(stage.horizon + unit * 0.2), calm=0.85)
    plants.tree_row(stage, stage.horizon + unit * 0.27, unit * 0.62, 0.0, mixed, 0.36, (0.17, 0.83))


def desert(stage: Stage, wish: Wish, snowy: bool) -> None:
    rng, unit = stage.rng, stage.unit
    sand = colours(pick(rng, land.SAND))
    if "mountain" in wish.scene or rng.random() < 0.6:
        land.mountains(stage, stage.horizon + unit * 0.03, unit * 0.15, 0.66, 9.0, sand[3], 4)
    for level, high, haze in ((0.04, 0.06, 0.5), (0.11, 0.1, 0.26), (0.24, 0.14, 0.08), (0.43, 0.17, 0.0)):
        land.dunes(stage, stage.horizon + unit * level, unit * high, haze, sand)


def city(stage: Stage, wish: Wish, snowy: bool) -> None:
    rng, unit = stage.rng, stage.unit
    neon = "neon" in wish.style
    hues = colours("4a3f78 2f3d6e 5a3a6a 27456a" if neon else FACADES)
    signs = colours(NEON) if neon or (stage.light.dark and rng.random() < 0.4) else None
    if "mountain" in wish.scene:
        range_behind(stage, snowy, 0.3, near=False)
    tall = stage.horizon
    town.buildings(stage, tall * 0.72, 0.68, hues)
    town.buildings(stage, tall * 0.66, 0.42, hues, signs, 0.12)
    town.buildings(stage, tall * 0.68, 0.12, hues, signs, 0.42)
    wet = wish.has("rain", "water", "storm") or "sea" in wish.scene
    if on_land(wish):
        if not stage.light.dark and not neon:
            leaves = broad(stage, wish, snowy, ground(stage, wish, snowy))
            plants.tree_row(stage, stage.horizon + unit * 0.012, unit * 0.1, 0.15, leaves, 1.1)
        town.street(stage, 0.55 if wet else 0.2 if stage.light.dark else 0.06)
    elif wet or stage.light.dark or rng.random() < 0.6:
        land.water(stage, stage.horizon, calm=0.75, tint=stage.light.sky[0] * 1.2 if stage.light.dark else None)
    else:
        palette = ground(stage, wish, snowy)
        land.hill(stage, stage.horizon + unit * 0.02, unit * 0.02, 0.1, palette)
        plants.tree_row(stage, stage.horizon + unit * 0.05, unit * 0.13, 0.08, broad(stage, wish, snowy, palette), 0.75)
        land.hill(stage, stage.horizon + unit * 0.1, unit * 0.04, 0, palette)


def village(stage: Stage, wish: Wish, snowy: bool) -> None:
    unit, palette = stage.unit, ground(stage, wish, snowy)
    range_behind(stage, snowy, 0.3)
    trees = firs(stage, snowy, palette) + broad(stage, wish, snowy, palette)[:2]
    for level, high, haze, size in ((0.05, 0.07, 0.36, 0.075), (0.14, 0.07, 0.16, 0.115), (0.27, 0.06, 0.0, 0.17)):
        top = land.hill(stage, stage.horizon + unit * level, unit * high, haze, palette)
        plants.tree_row(stage, top + unit * 0.005, unit * size * 1.25, haze, trees, 0.9)
        house_row(stage, top + unit * 0.02, unit * size, haze, snowy)
    if wish.has("water"):
        land.water(stage, int(stage.horizon + unit * 0.32), calm=0.85)
