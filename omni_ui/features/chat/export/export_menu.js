// Export asks in which form: one to read, or one that can be imported again, which is what the button does for programs.
import { defineComponent } from "../../../core/js/components.js";
import { openMenu } from "../message_menu.js";

const button = () => document.getElementById("chat-export");

defineComponent("chat_export_markdown", ({ trigger }) => {
  let chosen = false; // JSON: the press is for the button itself
  const asJson = () => {
    chosen = true;
    button()?.click();
    chosen = false;
  };
  document.addEventListener("click", (event) => {
    const pressed = event.target.closest?.("#chat-export");
    if (!pressed || chosen) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    openMenu(pressed, "Export", [["Markdown, to read", () => trigger("input")], ["JSON, to import again", asJson]]);
  }, { capture: true });
  button()?.setAttribute("aria-haspopup", "menu");
});
