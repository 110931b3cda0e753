"""Recipes: the settings of a result as data that can be kept, sent as a link, put into a file, and filled in again.

It knows the request models of the client and nothing of the page. Nothing here opens a network connection, and
nothing that is read is ever run: what comes in is checked against the request models, and refused with a sentence.
"""

from omni_ui.features.recipes.difference import Difference, difference
from omni_ui.features.recipes.link import link_or_reason, pack, unpack
from omni_ui.features.recipes.makers import OpenedSettings
from omni_ui.features.recipes.metadata import CannotHold, can_hold, open_settings, read_settings, with_settings
from omni_ui.features.recipes.recipe import VERSION, BadRecipe, Medium, Recipe, media_fields, names_files
from omni_ui.features.recipes.words import download_name, labelled, parameters

__all__ = [
    "VERSION",
    "BadRecipe",
    "CannotHold",
    "Difference",
    "Medium",
    "OpenedSettings",
    "Recipe",
    "can_hold",
    "difference",
    "download_name",
    "labelled",
    "link_or_reason",
    "media_fields",
    "names_files",
    "open_settings",
    "pack",
    "parameters",
    "read_settings",
    "unpack",
    "with_settings",
]
