// The bridge inside the desktop program: `invoke` for calls, events for what changed.
import { subject } from "./subject.js";

export function tauriBridge(build) {
  const { invoke, transformCallback } = window.__TAURI_INTERNALS__;
  const changed = subject();
  const notices = subject();
  const on = (event, tell) =>
    invoke("plugin:event|listen", { event, target: { kind: "Any" }, handler: transformCallback((e) => tell(e.payload)) });
  on("changed", changed.tell);
  on("notice", notices.tell);
  return {
    host: "tauri",
    build,
    call: (json) => invoke("bridge", { json }).catch((error) => JSON.stringify({ answer: "trouble", what: String(error) })),
    listen: changed.listen,
    notices: notices.listen,
    activate: () => location.reload(),
  };
}
