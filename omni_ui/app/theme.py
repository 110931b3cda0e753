"""The look, once for all tabs: a calm theme with system fonts; the rest are the style sheets beside each feature."""

from pathlib import Path

import gradio as gr

from omni_ui.app.gradio_private.prefixed_css import prefixed_css
from omni_ui.app.loading.first_load import FirstLoad
from omni_ui.app.scripts import EARLY, ENTRY, ICON, inline, module_address, preloads
from omni_ui.client.tabs import TABS
from omni_ui.features.i18n.languages import choices

ROOT = Path(__file__).parents[1]
STYLES = [
    "app/styles/base.css",
    "app/styles/header.css",
    "app/styles/layout.css",
    "widgets/number_field.css",
    "app/styles/help_texts.css",
    "features/stage/settings.css",
    "app/styles/result.css",
    "features/snippets/snippets.css",
    "app/styles/focus_and_phones.css",
    "core/audio/audio_stream.css",
    "widgets/pictures/image_input.css",
    "widgets/pictures/brush.css",
    "widgets/photoswipe/photoswipe.css",
    "widgets/pictures/gallery.css",
    "widgets/audio_player.css",
    "features/video/jobs/jobs.css",
    "features/video/watch/watch.css",
    "features/video/noise.css",
    "features/chat/chat.css",
    "features/speech/speech.css",
    "features/voices/cards.css",
    "features/sound/sound.css",
    "features/send_to/send_to.css",
    "features/estimate/estimate.css",
    "features/waits/waits.css",
    "features/assist/assist.css",
    "app/styles/run_notice.css",
    "features/history/history.css",
    "features/compare/compare.css",
    "features/recipes/recipes.css",
    "features/servers/servers.css",
    "features/grid/grid.css",
    "features/talk/talk.css",
    "features/talk/replay/replay.css",
    "features/limits/limits.css",
    "features/stage/toolbar.css",
    "features/stage/stage.css",
    "features/edit/input_stage.css",
]
"""In the order in which they hold: of equally strong rules the later one wins."""
INLINE_SCRIPTS = ((ROOT / "app/head.js").read_text(encoding="utf-8"),)
"""All scripts of ours that stand in the page itself. They are constant, so a content policy can name their hashes."""
SANS = [
    "ui-sans-serif",
    "system-ui",
    "-apple-system",
    "Segoe UI",
    "Roboto",
    "Noto Sans",
    "Noto Sans CJK SC",
    "sans-serif",
]
MONO = ["ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "monospace"]


def theme() -> gr.themes.Base:
    """Light and dark tokens; one accent, one-pixel lines, no shadows."""
    base = gr.themes.Base(
        primary_hue="indigo", neutral_hue="slate", radius_size=gr.themes.sizes.radius_sm, font=SANS, font_mono=MONO
    )
    light_dark = {
        "body_background_fill": ("#f7f8fa", "#0e1116"),
        "background_fill_primary": ("#ffffff", "#161b22"),
        "background_fill_secondary": ("#f2f4f8", "#1b212a"),
        "block_background_fill": ("#ffffff", "#161b22"),
        "block_border_color": ("#e3e7ee", "#262d38"),
        "border_color_primary": ("#d5dbe5", "#303947"),
        "body_text_color": ("#1f2630", "#e6eaf0"),
        "body_text_color_subdued": ("#5b6472", "#9aa4b2"),
        "block_label_text_color": ("#1f2630", "#e6eaf0"),
        "block_title_text_color": ("#1f2630", "#e6eaf0"),
        "block_info_text_color": ("#5b6472", "#9aa4b2"),
        "input_background_fill": ("#ffffff", "#0e1116"),
        "input_border_color": ("#8a94a6", "#566173"),
        "input_border_color_focus": ("#4f46e5", "#818cf8"),
        "input_placeholder_color": ("#667085", "#8b96a8"),
        "button_primary_background_fill": ("#4f46e5", "#5b54ea"),
        "button_primary_background_fill_hover": ("#4338ca", "#655eed"),
        "button_primary_text_color": ("#ffffff", "#ffffff"),
        "button_secondary_background_fill": ("#eceff4", "#232a35"),
        "button_secondary_background_fill_hover": ("#e0e5ec", "#2d3643"),
        "button_secondary_text_color": ("#1f2630", "#e6eaf0"),
        "slider_color": ("#4f46e5", "#818cf8"),
        "checkbox_background_color_selected": ("#4f46e5", "#5b54ea"),
        "checkbox_border_color": ("#8a94a6", "#566173"),
        "link_text_color": ("#4338ca", "#a5b4fc"),
    }
    tokens = {name: light for name, (light, _) in light_dark.items()}
    tokens |= {f"{name}_dark": dark for name, (_, dark) in light_dark.items()}
    return base.set(
        **tokens,
        input_border_width="1px",
        block_shadow="none",
        block_label_background_fill="transparent",
        button_large_radius="8px",
        button_small_radius="6px",
        block_radius="8px",
        input_radius="6px",
        shadow_drop="none",
        input_shadow="none",
    )


def head() -> str:
    """What Gradio puts into the head when it begins: the tabs that run, the inline scripts, and the first module."""
    tabs = f'<meta name="omni-tabs" content="{" ".join(TABS)}">'
    scripts = "".join(f"<script>{script}</script>" for script in INLINE_SCRIPTS)
    return f'{tabs}{scripts}<script type="module" src="{module_address(ENTRY)}"></script>'


def css() -> str:
    return "\n".join((ROOT / name).read_text(encoding="utf-8") for name in STYLES)


def first_load() -> FirstLoad:
    """What a visit loads first, with the styles and scripts of this page, and its languages."""
    languages = f'<meta name="omni-languages" content="{" ".join(code for code, _ in choices())}">'
    early = (ROOT / "app/loading/early_page.css").read_text(encoding="utf-8")
    return FirstLoad(
        prefixed_css(css(), gr.__version__) + early,
        lambda page: languages + preloads(page) + ICON,
        (inline(EARLY[0]), inline(EARLY[1])),
    )
