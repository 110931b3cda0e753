"""The Talk tab: a live call with the model. The browser holds the call (features/talk), over a socket of ours."""

import gradio as gr

from omni_ui.core.scripts import mounted

TEMPLATE = """<section class="omni-call" aria-label="Talk" data-state="idle">
<div class="omni-call-panel">
<div class="omni-call-ring omni-call-level"><button type="button" id="talk-run" disabled>Call</button>
<button type="button" id="talk-stop" hidden>End call</button></div>
<p id="talk-status" role="status">Not in a call</p>
<p class="omni-call-profile"></p>
<button type="button" class="omni-small omni-call-hold" hidden>Hold to talk</button>
<div class="omni-call-tools">
<button type="button" class="omni-small omni-call-mute" aria-pressed="false" disabled>Mute</button>
<label><span>Volume</span><input type="range" class="omni-call-volume" min="0" max="1" step="0.05" value="1"></label>
</div>
<div class="omni-call-fields">
<label><span>Microphone</span><select class="omni-call-device"></select></label>
<label id="talk-camera"><span>Show the model</span><select>
<option value="">Nothing</option><option value="camera">Camera</option><option value="screen">Screen</option>
<option value="file">A picture or video</option></select></label>
<label id="talk-camera-file" hidden><span>A picture or video</span>
<input type="file" accept="image/*,video/*"></label>
<video class="omni-call-view" muted playsinline hidden aria-label="What the model sees"></video>
<label id="talk-hold" class="omni-call-check"><input type="checkbox">
<span>Talk only while I hold the button</span></label>
<details><summary>More settings</summary><div class="omni-call-fields">
<label id="talk-written" class="omni-call-check"><input type="checkbox">
<span>Answers in writing, not spoken</span></label>
<label id="talk-voice"><span>Voice</span><input type="text" maxlength="200" placeholder="The model's own"></label>
<label id="talk-ref_audio"><span>Voice sample</span><input type="file" accept="audio/*">
<small>For models that answer in a voice they are given. Only with the speaker's consent.</small></label>
<label id="talk-instructions"><span>Instructions</span>
<textarea rows="3" maxlength="4000" placeholder="How the model should be, such as: answer in one sentence"></textarea>
</label></div></details>
</div></div>
<div class="omni-call-stage">
<p class="omni-call-notice" role="alert" hidden></p>
<ol id="talk-result" role="log" aria-label="What was said" tabindex="0"></ol>
<p class="omni-call-empty">Press Call and speak. What is said appears here; speak again to interrupt.</p>
<form id="talk-text" class="omni-call-write" hidden><input type="text" maxlength="4000" placeholder="Ask in writing"
aria-label="Ask in writing"><button type="submit" class="omni-small">Send</button></form>
<p class="omni-call-kept omni-quiet" hidden>The call is in History, with its sound and its captions.</p>
</div></section>"""


def build() -> None:
    with gr.Tab("Talk", id="talk", elem_id="talk-tab"):
        gr.HTML(**mounted(TEMPLATE, "talk"), elem_id="talk", padding=False)
