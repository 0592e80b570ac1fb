// The bridge inside the desktop program: `invoke` for calls, events for what changed.
import { subject } from "./subject.js";

export function tauriBridge(build) {
  const { invoke, transformCallback } = window.__TAURI_INTERNALS__;
  const changed = subject();
  const notices = subject();
  const trouble = (error) => JSON.stringify({ answer: "trouble", what: String(error) });
  invoke("plugin:event|listen", {
    event: "changed",
    target: { kind: "Any" },
    handler: transformCallback((event) => changed.tell(event.payload)),
  })
    // What changed before somebody listened is read now.
    .then(() => notices.tell(JSON.stringify({ core: "ready" })))
    .catch((error) => notices.tell(JSON.stringify({ trouble: String(error) })));
  return {
    host: "tauri",
    build,
    call: (json) => invoke("bridge", { build, json }).catch(trouble),
    listen: changed.listen,
    notices: notices.listen,
    activate: () => location.reload(),
  };
}
