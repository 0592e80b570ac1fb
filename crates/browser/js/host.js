// The page's bridge to the device core: window.comanda, the same whether the core lives in a worker or in the desktop program.
//
//   host     "browser" | "tauri"
//   build    the id that screen and core must share
//   call     (json) => Promise<json>    one bridge request, one bridge answer; it always resolves, with "trouble" at worst
//   listen   (cb) => unlisten           `changed` messages, as JSON
//   notices  (cb) => unlisten           about the host itself, as JSON: {"core":"ready"} (read all again) {"update":"ready"} {"trouble":…}
//   activate ()                         puts a waiting update in place and reloads; the page calls it in a quiet moment
import { browserBridge } from "./browser-host.js";
import { tauriBridge } from "./tauri-host.js";

const build = "__COMANDA_BUILD__";
const screen = document.documentElement.dataset.screen ?? "app";

window.comanda = window.__TAURI_INTERNALS__ ? tauriBridge(build) : browserBridge(build, screen);
