"""Reads a prompt: which scene, hour, weather, style and subjects its words name. Whole words, the longest phrase first."""

import hashlib
import re
from dataclasses import dataclass, field

LEXICON = {
    "scene": {
        "sea": "sea, ocean, beach, coast, shore, seaside, bay, harbour, harbor, marina, island, wave, surf, waterfront",
        "city": "city, town, street, skyline, skyscraper, downtown, metropolis, urban, building, alley, cityscape, tokyo,"
        " new york, paris, london, road",
        "village": "village, hamlet, cottages, settlement",
        "forest": "forest, wood, woods, woodland, jungle, grove, pine forest, trees, rainforest",
        "mountain": "mountain, peak, alps, hill top, summit, ridge, cliffs, canyon, fjord, valley, landscape, volcano",
        "meadow": "meadow, field, hill, grass, countryside, prairie, garden, park, farm, lawn, pasture, farmland",
        "desert": "desert, dune, sahara, oasis, mesa",
        "snow": "snow, snowy, winter, arctic, ice, icy, frozen, antarctic, tundra, glacier, snowfield",
        "space": "space, galaxy, nebula, cosmos, cosmic, outer space, universe, planet, orbit, milky way, asteroid, solar system",
        "underwater": "underwater, coral reef, coral, reef, seabed, deep sea, under the sea, ocean floor, aquarium, undersea",
        "studio": "studio, table, portrait, still life, desk, product photo, product shot, indoors, interior, room, kitchen,"
        " shelf, close up, closeup, headshot, on a plate, window sill, pedestal",
        "abstract": "abstract, shape, geometric, pattern, gradient, fractal, texture, composition, circle, line, swirl",
    },
    "hour": {
        "day": "day, daytime, noon, midday, sunny, morning light, afternoon, blue sky, bright day",
        "dawn": "dawn, sunrise, early morning, morning, first light",
        "golden": "golden hour, golden light, warm light, late afternoon, evening light",
        "sunset": "sunset, sundown, evening, setting sun",
        "dusk": "dusk, twilight, blue hour, nightfall",
        "night": "night, midnight, moonlit, moonlight, starry, nighttime, night sky, dark night",
        "overcast": "overcast, cloudy, gloomy, grey sky, gray sky, dull, stormy sky",
    },
    "weather": {
        "rain": "rain, rainy, raining, drizzle, downpour, wet",
        "snowfall": "snowing, snowfall, snowstorm, blizzard, snowflake, snow, snowy, falling snow",
        "fog": "fog, foggy, mist, misty, haze, hazy",
        "storm": "storm, stormy, thunderstorm, lightning, thunder, tempest",
        "calm": "calm, still water, long exposure, serene, tranquil, peaceful, quiet",
    },
    "feature": {
        "water": "lake, river, pond, reflection, water, lagoon, stream",
        "flowers": "flower, wildflower, daisy, sunflower, peony, orchid, lily, roses, meadow flowers, flower field, blooming, bloom, flowery, lavender field, poppies, tulips",
        "stars": "star, starry, starry sky, starlight, milky way",
        "moon": "moon, moonlit, moonlight, full moon, crescent",
        "aurora": "aurora, northern lights, northern light, aurora borealis, polar lights, southern lights",
        "rainbow": "rainbow",
        "clouds": "cloud, cloudy",
        "clear": "clear sky, cloudless",
        "people": "people, crowd, person",
        "trees": "tree, trees",
        "birds": "bird, seagull, gulls, flock of birds, flying birds, swallow",
        "sun": "sun, sunshine",
        "beach": "beach, sand, sandy, seaside, shore, tropical, coast",
    },
    "season": {
        "autumn": "autumn, autumnal, fall, fall colours, fall colors, october, red leaves, golden leaves",
        "spring": "spring, springtime, blossom, cherry blossom, sakura, blossoming, blossoms",
        "winter": "winter, snow, snowy, frozen, snowing, arctic, icy",
        "summer": "summer, summertime, tropical",
    },
    "style": {
        "watercolour": "watercolour, watercolor, aquarelle, water colour, wash",
        "oil": "oil, oil painting, oil paint, impressionist, impressionism, impasto, van gogh, monet, painting, acrylic, painterly",
        "pixel": "pixel, pixel art, pixelated, 8 bit, 8bit, 16 bit, retro game, pixelate, pixelart",
        "sketch": "sketch, pencil, drawing, pencil sketch, pencil drawing, charcoal, hand drawn, graphite, line art",
        "ink": "ink, ink wash, sumi e, woodcut, ink drawing, linocut, calligraphy, etching, engraving",
        "neon": "neon, cyberpunk, synthwave, vaporwave, retrowave, outrun, neon lights, glowing neon",
        "poster": "poster, flat, minimalist, vector, screen print, travel poster, flat design, minimal, art deco, posterize",
        "cartoon": "cartoon, comic, anime, manga, toon, cel shaded, comic book, ghibli",
        "vintage": "vintage, retro, old photo, nostalgic, polaroid, faded, film photo, antique photo",
        "sepia": "sepia",
        "mono": "black and white, monochrome, grayscale, greyscale, b&w, noir, black & white, bw",
        "vivid": "vivid, vibrant, colourful, colorful, saturated, hdr, psychedelic",
        "cinematic": "cinematic, dramatic, film still, moody, epic, movie",
        "pastel": "pastel, soft colours, soft colors, dreamy, muted",
        "mosaic": "mosaic, stained glass, low poly, lowpoly",
    },
    "colour": {
        "d8402f": "red, crimson, scarlet, ruby",
        "ea7a2a": "orange",
        "f2bb2e": "yellow, golden, gold, amber",
        "4a9c4e": "green, emerald, olive",
        "2a9d9a": "teal, turquoise, cyan, aqua",
        "2f6cc4": "blue, navy, azure, cobalt",
        "7d4fb0": "purple, violet, lavender, indigo",
        "e983a8": "pink, rose, magenta, fuchsia",
        "8a5a3a": "brown, chestnut, bronze, copper",
        "f3efe6": "white, ivory, cream",
        "2c2c34": "black",
        "8e949c": "grey, gray, silver, metallic",
        "f0cdb0": "beige, tan, peach",
    },
    "subject": {
        "fox": "fox",
        "cat": "cat, kitten, kitty, tabby",
        "dog": "dog, puppy, corgi, labrador, wolf, husky, retriever, hound, poodle",
        "horse": "horse, pony, stallion, mare, foal, zebra, donkey",
        "rabbit": "rabbit, bunny, hare",
        "deer": "deer, stag, elk, reindeer, moose",
        "bear": "bear, panda, teddy bear, polar bear, teddy, grizzly",
        "owl": "owl, parrot, owlet",
        "penguin": "penguin",
        "elephant": "elephant, mammoth",
        "whale": "whale, blue whale, humpback, orca",
        "fish": "fish, goldfish, school of fish, clownfish, shark, tropical fish, dolphin",
        "turtle": "turtle, sea turtle, tortoise",
        "dragon": "dragon, wyvern",
        "butterfly": "butterfly, moth",
        "astronaut": "astronaut, cosmonaut, spaceman, spacewoman",
        "robot": "robot, android, droid, cyborg, mech",
        "woman": "woman, girl, lady, female, princess, queen, mother, portrait, portrait of a woman, her, model, face, dancer",
        "man": "man, boy, guy, male, king, father, old man, knight, wizard, samurai, person, farmer, chef, warrior, scientist",
        "lighthouse": "lighthouse, light house, beacon",
        "castle": "castle, fortress, palace, tower, citadel, fort",
        "cabin": "cabin, house, hut, cottage, barn, home, farmhouse, lodge, chalet, shed",
        "windmill": "windmill, mill",
        "sailboat": "sailboat, sailing boat, boat, ship, yacht, sail boat, sailing ship, fishing boat, sail, vessel, rowboat",
        "balloon": "balloon, hot air balloon, air balloon, airship",
        "car": "car, vintage car, automobile, classic car, sports car, vehicle, truck, taxi, van, old car, race car",
        "train": "train, steam train, locomotive, tram, steam engine",
        "bicycle": "bicycle, bike, motorcycle, cyclist",
        "spaceship": "spaceship, space ship, starship, spacecraft, ufo, space station, satellite",
        "rocket": "rocket, space shuttle, rocket ship, missile",
        "ringed planet": "ringed planet, planet with rings, saturn",
        "cup": "cup, coffee, cup of coffee, mug, tea, cup of tea, espresso, cappuccino, latte, teacup, hot chocolate",
        "fruit": "fruit, bowl of fruit, fruit bowl, fruits in a bowl, still life",
        "apple": "apple, peach fruit, tomato",
        "vase": "bouquet, vase, bouquet of flowers, vase of flowers, flower arrangement, flowers in a vase",
        "cactus": "cactus, cacti, succulent, potted plant, houseplant, plant",
        "tree": "lone tree, single tree, oak, tree, bonsai, willow, maple, oak tree, apple tree",
        "blossom tree": "cherry blossom, cherry tree, sakura, blossom tree, blossom, cherry blossom tree",
        "palm": "palm, palm tree, coconut tree",
        "bottle": "bottle, wine, perfume, perfume bottle, jar, potion",
        "book": "book, notebook, novel",
        "lamp": "lamp, lantern, candle, light bulb",
        "mushroom": "mushroom, toadstool, fungi",
        "snowman": "snowman",
        "cake": "cake, birthday cake, cupcake, dessert, pie",
        "heart": "heart, love, valentine",
    },
}
NUMBERS = {
    "a": 1, "an": 1, "one": 1, "single": 1, "two": 2, "pair": 2, "couple": 2, "three": 3, "trio": 3, "four": 4, "five": 5,
    "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "several": 4, "some": 3, "few": 3, "many": 7, "dozen": 12,
    "group": 5, "flock": 7, "school": 8, "herd": 5, "fleet": 5, "lots": 8, "hundreds": 12,
}  # fmt: skip
IRREGULAR = {
    "women": "woman", "men": "man", "people": "person", "wolves": "wolf", "leaves": "leaf", "mice": "mouse", "geese": "goose",
    "children": "child", "cacti": "cactus", "knives": "knife", "loaves": "loaf", "sheep": "sheep", "shelves": "shelf",
}  # fmt: skip
NOT = {"no", "without", "except"}
STOP = {"and", "with", "in", "on", "at", "of", "near", "over", "under", "by", "beside", "behind", "above", "the", "to"}


def singular(word: str) -> str:
    if word in IRREGULAR:
        return IRREGULAR[word]
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if re.search(r"(x|ch|sh|ss|zz)es$", word):
        return word[:-2]
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


def tokens(text: str) -> list[str]:
    """Lower-case words in the singular; a comma, full stop or semicolon is a token of its own."""
    return [singular(word) for word in spelled(text)]


def spelled(text: str) -> list[str]:
    return re.findall(r"[^\W_]+(?:[&'][^\W_]+)*|[,.;:]", text.lower())


def phrases(entries: dict[str, str]) -> dict[tuple[str, ...], str]:
    """`{"sea": "sea, ocean"}` as `{("sea",): "sea", ("ocean",): "sea"}`."""
    return {tuple(tokens(phrase)): name for name, text in entries.items() for phrase in text.split(", ")}


def find(words: list[str], table: dict[tuple[str, ...], object]):
    """Yields (place, length, value) of each phrase of `table` in `words`, the longest first at every place."""
    longest, place = max(map(len, table)), 0
    while place < len(words):
        for length in range(min(longest, len(words) - place), 0, -1):
            value = table.get(tuple(words[place : place + length]))
            if value is not None:
                yield place, length, value
                place += length - 1
                break
        place += 1


TABLES = {kind: phrases(entries) for kind, entries in LEXICON.items()}
EVERY: dict[tuple[str, ...], list[tuple[str, str]]] = {}
for _kind, _table in TABLES.items():
    for _phrase, _name in _table.items():
        EVERY.setdefault(_phrase, []).append((_kind, _name))


@dataclass
class Subject:
    name: str
    count: int = 1
    colour: str | None = None
    rider: "Subject | None" = None


@dataclass
class Wish:
    """What a prompt asks for. The lists keep the order of the words; `key` is a number of its own for every prompt."""

    key: int = 0
    scene: list[str] = field(default_factory=list)
    hour: list[str] = field(default_factory=list)
    weather: list[str] = field(default_factory=list)
    feature: list[str] = field(default_factory=list)
    season: list[str] = field(default_factory=list)
    style: list[str] = field(default_factory=list)
    colour: list[str] = field(default_factory=list)
    subject: list[Subject] = field(default_factory=list)

    def has(self, *names) -> bool:
        return any(name in group for name in names for group in (self.scene, self.weather, self.feature, self.season))


def read(prompt: str, negative: str | None = None) -> Wish:
    """What `prompt` names, less what `negative`, or the prompt itself after "no" or "without", names."""
    words, wanted, banned = tokens(prompt), [], set()
    plural = [said != word for said, word in zip(spelled(prompt), words, strict=True)]
    wish = Wish(int.from_bytes(hashlib.sha256(" ".join(words).encode()).digest()[:6]))
    for _, _, meanings in find(tokens(negative or ""), EVERY):
        banned.update(meanings)
    last = None  # (subject, where its words end): two nouns in a row are one thing, named by the second
    for place, length, meanings in find(words, EVERY):
        if any(word in NOT for word in words[max(0, place - 2) : place]):
            banned.update(meanings)
            continue
        for kind, name in meanings:
            if kind != "subject":
                wanted.append((kind, name, place))
                continue
            thing = Subject(name, *_described(words, place, last[1] if last else 0, length))
            if last and last[1] == place:
                wanted.remove(last[2])
            elif last and "riding" in words[last[1] : place]:
                wanted.remove(last[2])
                thing.rider = last[0]
            entry = (kind, thing, place)
            wanted.append(entry)
            last = (thing, place + length, entry)
            head = words.index("of", place, place + length) if "of" in words[place : place + length] else place + length
            if thing.count == 1 and (plural[head - 1] or name == "fish"):
                thing.count = 5 if name == "fish" else 3
    for kind, value, _ in wanted:
        name = value.name if isinstance(value, Subject) else value
        group = getattr(wish, kind)
        known = [item.name if isinstance(item, Subject) else item for item in group]
        if (kind, name) not in banned and name not in known:
            group.append(value)
    return wish


def _described(words, place, start, length) -> tuple[int, str | None]:
    """The count and the colour said in the few words before a subject, or by its own plural."""
    count, colour = 1, None
    for word in words[max(start, place - 4) : place]:
        if word in {",", ".", ";", "and", "with", "in", "on"}:
            count, colour = 1, None
        count = int(word) if word.isdigit() and 0 < int(word) < 13 else NUMBERS.get(word, count)
        colour = TABLES["colour"].get((word,), colour)
    return count, colour
