"""The Talk tab: a live call with the model. The browser holds the call (features/talk), over a socket of ours."""

import gradio as gr

from omni_ui.core.scripts import mounted

TEMPLATE = """<section class="omni-talk" aria-label="Talk" data-state="idle">
<div class="omni-talk-panel">
<div class="omni-talk-ring omni-talk-level"><button type="button" id="talk-run">Call</button>
<button type="button" id="talk-stop" hidden>End call</button></div>
<p id="talk-status" role="status">Not in a call</p>
<p class="omni-talk-profile"></p>
<button type="button" class="omni-small omni-talk-hold" hidden>Hold to talk</button>
<div class="omni-talk-tools">
<button type="button" class="omni-small omni-talk-mute" aria-pressed="false" disabled>Mute</button>
<label><span>Volume</span><input type="range" class="omni-talk-volume" min="0" max="1" step="0.05" value="1"></label>
</div>
<div class="omni-talk-fields">
<label><span>Microphone</span><select class="omni-talk-device"></select></label>
<label id="talk-hold"><input type="checkbox"><span>Talk only while I hold the button</span></label>
<label id="talk-voice"><span>Voice</span><input type="text" maxlength="200" placeholder="The model's own"></label>
<label id="talk-instructions"><span>Instructions</span>
<textarea rows="3" maxlength="4000" placeholder="How the model should be, such as: answer in one sentence"></textarea>
</label>
</div></div>
<div class="omni-talk-stage">
<p class="omni-talk-notice" role="alert" hidden></p>
<ol id="talk-result" role="log" aria-label="What was said" tabindex="0"
data-empty="Press Call and speak. What is said appears here; speak again to interrupt."></ol>
<p class="omni-talk-kept omni-quiet" hidden>The call is in History, with its sound and its captions.</p>
</div></section>"""


def build() -> None:
    with gr.Tab("Talk", id="talk", elem_id="talk-tab"):
        gr.HTML(**mounted(TEMPLATE, "talk"), elem_id="talk", padding=False)
