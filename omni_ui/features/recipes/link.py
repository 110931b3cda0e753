"""A recipe as text for the fragment of an address: raw deflate, then base64url without padding.

A fragment is never sent to a server, so nothing is stored anywhere and no proxy logs it.
"""

import base64
import re
import zlib

from omni_ui.features.recipes.recipe import LONGEST, BadRecipe, Recipe

LONGEST_LINK = 64 * 1024
"""Characters. Browsers take more, but mail and messengers cut long addresses."""


def pack(recipe: Recipe) -> str:
    """The text after `#r=`. BadRecipe when it would be too long for a link."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    data = packer.compress(recipe.as_json().encode()) + packer.flush()
    text = base64.urlsafe_b64encode(data).decode().rstrip("=")
    if len(text) > LONGEST_LINK:
        raise BadRecipe("These settings are too long for a link: download the file with its settings instead.")
    return text


def link_or_reason(recipe: Recipe) -> tuple[str, str]:
    """The text after `#r=`, or why there is none: the other of the two is empty."""
    try:
        return pack(recipe), ""
    except BadRecipe as wrong:
        return "", str(wrong)


def unpack(text: str) -> Recipe:
    """The recipe of a link, given as its fragment (`#r=…` or `…`). BadRecipe for anything else, in bounded memory."""
    text = text.strip().removeprefix("#").removeprefix("r=")
    if len(text) > LONGEST_LINK:
        raise BadRecipe("This link is too long, so it was not read.")
    if not re.fullmatch(r"[A-Za-z0-9_-]+", text) or len(text) % 4 == 1:
        raise BadRecipe("This link is damaged: copy all of it again.")
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        unpacked = unpacker.decompress(data, LONGEST)
    except zlib.error:
        raise BadRecipe("This link is damaged: copy all of it again.") from None
    if len(unpacked) >= LONGEST:
        raise BadRecipe("The settings in this link are too long, so they were not read.")
    if not unpacker.eof:
        raise BadRecipe("This link is incomplete: copy all of it again.")
    if unpacker.unused_data:
        raise BadRecipe("This link is damaged: something was added at its end.")
    return Recipe.from_json(unpacked)
