// The dedicated worker that holds the device core; it speaks to the tab that started it, and to the hub.
import init, { start } from "./browser.js";

let host = null;

// Whatever goes wrong past this point leaves the core in an unknown state: the page starts another.
const fell = (text) => postMessage({ kind: "fell", text });
addEventListener("unhandledrejection", (event) => fell(String(event.reason?.stack ?? event.reason)));

const port = {
  changed: (json) => postMessage({ kind: "changed", json }),
  // After the answer of the call that led to it: this worker is gone as soon as the page hears.
  reopen: (restaurant) => setTimeout(() => postMessage({ kind: "reopen", restaurant }), 0),
  fell,
  // Nothing may be shown as done that is not on this device's disk: without one, no call is served.
  unable: (what) => postMessage({ kind: "unable", what }),
};

async function canStore() {
  const files = await navigator.storage?.getDirectory?.().catch(() => null);
  return Boolean(files) && "createSyncAccessHandle" in (globalThis.FileSystemFileHandle?.prototype ?? {});
}

// Which restaurant this is stands in the page's own note, which a browser that is killed may not have stored yet.
// The folder was: where there is one alone, that is it.
async function restaurantOf(screen) {
  const found = [];
  const files = await navigator.storage.getDirectory();
  const folder = await files.getDirectoryHandle("comanda").catch(() => null);
  for await (const [name, one] of folder?.entries() ?? []) {
    if (await one.getDirectoryHandle(screen).catch(() => null)) found.push(name);
  }
  return found.length === 1 ? found[0] : null;
}

async function begin(config) {
  if (!(await canStore())) return port.unable("no_storage");
  config.restaurant ??= await restaurantOf(config.screen);
  await init({ module_or_path: new URL("./browser_bg.wasm", import.meta.url) });
  host = await start(JSON.stringify(config), port);
  addEventListener("online", () => host.retry());
  postMessage({ kind: "ready" });
}

async function answer({ id, json }) {
  try {
    postMessage({ kind: "answer", id, json: await host.call(json) });
  } catch (error) {
    fell(String(error?.stack ?? error));
  }
}

onmessage = ({ data }) => {
  if (data.kind === "start") begin(data.config).catch((error) => fell(String(error?.message ?? error)));
  else if (data.kind === "call") answer(data);
  else if (data.kind === "kept") host?.kept();
};
