// The bridge in a browser: one tab owns the core's worker by a Web Lock, the others reach it over a BroadcastChannel.
import { Calls } from "./calls.js";
import { Core } from "./core.js";
import { subject } from "./subject.js";
import { updates } from "./updates.js";

export function browserBridge(build, screen) {
  const name = `comanda-${screen}`;
  const me = crypto.randomUUID();
  const channel = new BroadcastChannel(name);
  const changed = subject();
  const notices = subject();
  const notice = (what) => notices.tell(JSON.stringify(what));
  const update = updates(notice);

  let core = null; // ours, when this tab is the owner
  let owner = false; // another tab's core is ready and of our build
  let release = null; // gives the lock up
  let waiting = null; // takes back a request for the lock

  const calls = new Calls((id, json, patience) => {
    if (core) core.call(json, patience).then((answer) => calls.settle(id, answer));
    else if (owner) channel.postMessage({ kind: "call", from: me, build, id, json });
    // Otherwise it stays open, and goes out when an owner is known.
  });

  channel.onmessage = ({ data }) => (core ? asOwner(data) : asOther(data));

  function asOwner(message) {
    if (message.kind === "hello") {
      channel.postMessage({ kind: "owner", build });
      // A new screen never talks to an old core: this tab should reload as soon as its hands are free.
      if (message.build !== build) notice({ update: "ready" });
    } else if (message.kind === "call" && message.build === build) {
      const { from, id } = message;
      core.call(message.json).then((json) => channel.postMessage({ kind: "answer", to: from, id, json }));
    }
  }

  function asOther(message) {
    if (message.kind === "owner") {
      const known = owner;
      owner = message.build === build;
      if (!owner) notice({ trouble: "other_build" });
      else if (!known || message.fresh) {
        calls.resend();
        notice({ core: "ready" });
      }
    } else if (message.kind === "answer" && message.to === me) calls.settle(message.id, message.json);
    else if (message.kind === "changed" && owner) changed.tell(message.json);
    else if (message.kind === "trouble" && owner) notice({ trouble: message.text });
  }

  async function own(stillOurs) {
    owner = false;
    const persisted = (await navigator.storage?.persisted?.().catch(() => false)) ?? false;
    if (!stillOurs()) return;
    const config = { build, screen, persisted, restaurantKey: `comanda-restaurant-${screen}` };
    core = new Core(config, {
      // A core that has just opened may know other things than the last one said: screens read all again.
      ready() {
        notice({ core: "ready" });
        channel.postMessage({ kind: "owner", build, fresh: true });
      },
      changed(json) {
        changed.tell(json);
        channel.postMessage({ kind: "changed", json });
      },
      trouble(text) {
        notice({ trouble: text });
        channel.postMessage({ kind: "trouble", text });
      },
    });
    calls.resend();
  }

  function join() {
    if (waiting) return;
    waiting = new AbortController();
    const { signal } = waiting;
    const held = async () => {
      const freed = new Promise((resolve) => (release = resolve));
      await own(() => !signal.aborted);
      await freed;
    };
    navigator.locks.request(name, { signal }, held).catch(() => {});
    channel.postMessage({ kind: "hello", build });
  }

  // A frozen page runs nothing: it must hold neither the lock nor a place in the queue for it.
  function leave() {
    waiting?.abort();
    waiting = null;
    core?.stop();
    core = null;
    release?.();
    release = null;
  }

  addEventListener("pagehide", leave);
  addEventListener("pageshow", (event) => event.persisted && join());
  document.addEventListener("freeze", leave);
  document.addEventListener("resume", join);
  // Not awaited: some browsers ask the person first.
  Promise.resolve(navigator.storage?.persist?.()).then((kept) => kept && core?.kept(), () => {});
  join();

  return {
    host: "browser",
    build,
    call: (json, patience) => calls.call(json, patience),
    listen: changed.listen,
    notices: notices.listen,
    activate: update.activate,
  };
}
