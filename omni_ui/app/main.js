// The entry: what every tab needs comes with the page, the rest when a component of it is drawn.
import { loadLater, takeOver } from "../core/js/components.js";
import "../features/i18n/language.js";
import "./js/early_page.js";
import "./js/page.js";
import "./js/tab_address.js";
import "./js/leaving.js";
import "./js/other_process.js";
import "./js/server_state.js";
import "./js/header_menus.js";
import "./js/choice_lists.js";
import "./js/lost_focus.js";
import "./js/help.js";
import "./js/run_notice.js";
import "../widgets/number_field.js";
import "../widgets/player_names.js";
import "../widgets/pictures/gallery.js";
import "../features/model_defaults/model_defaults.js";
import "../features/recipes/recipes.js";
import "../features/drafts/drafts.js";
import "../features/drafts/cut_off.js";
import "../features/send_to/send_to.js";
import "../features/repeat/repeat.js";
import "../features/estimate/estimate.js";
import "../features/grid/grid.js";
import "../features/stage/more_settings.js";
import "../features/stage/drawer.js";
import "../features/stage/stage.js";
import "../features/stage/recent.js";
import "../features/stage/result_link.js";
import "../features/video/jobs/running.js";

loadLater(() => import("../features/chat/chat.js"), "chat_messages", "chat_answer", "chat_change", "chat_act");
loadLater(() => import("../features/chat/window.js"), "chat_panel");
loadLater(() => import("../features/chat/export/export_menu.js"), "chat_export_markdown");
loadLater(() => import("../features/chat/speech/speak_switch.js"), "chat_speak");
loadLater(() => import("../features/chat/message_files.js"), "message_files", "file_picker", "download_file");
loadLater(() => import("../features/speech/speech.js"), "speech_parts", "voice_list", "cast", "listen_or_wait", "say_what_waits");
loadLater(() => import("../features/speech/words/read_along.js"), "speech_words", "speech_typing");
loadLater(() => import("../features/sound/lyrics.js"), "lyrics");
loadLater(() => import("../features/voices/cards.js"), "voice_cards", "mark_voice");
loadLater(() => import("../features/voices/name_voice.js"), "name_voice");
loadLater(() => import("../features/edit/input_stage.js"), "input_stage");
loadLater(() => import("../features/video/jobs/jobs.js"), "video_jobs");
loadLater(() => import("../features/video/watch/watch.js"), "video_watch");
loadLater(() => import("../features/video/watch/timeline.js"), "video_timeline");
loadLater(() => import("../features/video/noise_timeline.js"), "noise_timeline");
loadLater(() => import("../features/talk/talk.js"), "talk");
loadLater(() => import("../features/history/history.js"), "history");
loadLater(() => import("../features/mcp/agents.js"), "agents");
loadLater(() => import("../widgets/pictures/image_input.js"), "image_input", "image_checks");
loadLater(() => import("../widgets/audio_player.js"), "audio_player", "audio_drawing");

takeOver(window.omni);
// Not needed to begin with: it waits until the page can be used.
setTimeout(() => import("../features/assist/assist.js").then(({ beginAssist }) => beginAssist(), () => {}), 1500); // a page that is left meanwhile
