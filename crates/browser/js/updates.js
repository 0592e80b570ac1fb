// The service worker: registers it, says when a new build waits, and puts it in place only when the page asks.
const LOOK_EVERY_MS = 30 * 60_000;
// The worker before it may take its time to go; a page from the hub is of the new build all the same.
const TAKEOVER_MS = 5_000;

export function updates(notice) {
  const workers = navigator.serviceWorker;
  if (!workers) return { activate: () => location.reload() };
  let registration = null;
  let asked = false;

  const ready = () => registration.waiting && workers.controller && notice({ update: "ready" });
  workers.addEventListener("controllerchange", () => asked && location.reload());
  workers
    .register("/sw.js", { updateViaCache: "none" })
    .then((found) => {
      registration = found;
      ready();
      found.addEventListener("updatefound", () => found.installing?.addEventListener("statechange", ready));
      const look = () => found.update().catch(() => {});
      setInterval(look, LOOK_EVERY_MS);
      document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && look());
    })
    .catch((error) => console.warn("no offline shell:", error.message));

  return {
    activate() {
      // A screen may ask again and again.
      if (asked) return;
      asked = true;
      if (!registration?.waiting) return location.reload();
      registration.waiting.postMessage("activate");
      setTimeout(() => location.reload(), TAKEOVER_MS);
    },
  };
}
