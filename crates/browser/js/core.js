// The worker with the device core, as the tab that owns it sees it: started, asked, and started again when it falls.
import { Calls, trouble } from "./calls.js";

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 5_000;
// Opening the files takes a few tries after a take-over; only more than that is worth a word.
const QUIET_FAILURES = 4;

export class Core {
  #config;
  #tell;
  #worker = null;
  #ready = false;
  #stopped = false;
  #unable = null;
  #failures = 0;
  #lastTrouble = null;
  #calls = new Calls((id, json) => this.#ready && this.#worker.postMessage({ kind: "call", id, json }));

  // tell: { ready(), changed(json), trouble(text) }
  constructor(config, tell) {
    this.#config = config;
    this.#tell = tell;
    this.#start();
  }

  call(json, patience) {
    if (this.#unable) return Promise.resolve(trouble(this.#unable));
    return this.#stopped ? Promise.resolve(trouble("core_down")) : this.#calls.call(json, patience);
  }

  // The browser keeps what is stored here, even when its disk is full.
  kept() {
    this.#config.persisted = true;
    if (this.#ready) this.#worker.postMessage({ kind: "kept" });
  }

  // At once: a page that is being frozen gets no second turn. SQLite's log on disk makes it safe.
  stop() {
    this.#stopped = true;
    this.#drop();
  }

  #start() {
    const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module", name: "comanda-core" });
    this.#worker = worker;
    worker.onmessage = ({ data }) => worker === this.#worker && this.#hear(data);
    worker.onerror = (event) => {
      event.preventDefault();
      if (worker === this.#worker) this.#fell(event.message ?? "the worker could not be loaded");
    };
    const { restaurantKey, ...config } = this.#config;
    const restaurant = localStorage.getItem(restaurantKey);
    worker.postMessage({ kind: "start", config: { ...config, restaurant, lastTrouble: this.#lastTrouble } });
  }

  #hear(message) {
    switch (message.kind) {
      case "ready":
        this.#ready = true;
        this.#failures = 0;
        this.#lastTrouble = null;
        this.#tell.ready();
        this.#calls.resend();
        break;
      case "answer":
        this.#calls.settle(message.id, message.json);
        break;
      case "changed":
        this.#tell.changed(message.json);
        break;
      case "reopen":
        // The device was enrolled: its database lies under the restaurant's own name from now on.
        localStorage.setItem(this.#config.restaurantKey, message.restaurant);
        this.#drop();
        this.#start();
        break;
      case "fell":
        this.#fell(message.text);
        break;
      case "unable":
        this.#unable = message.what;
        this.#drop();
        this.#calls.settleAll(trouble(message.what));
        this.#tell.trouble(message.what);
        break;
    }
  }

  #fell(text) {
    const wasReady = this.#ready;
    this.#drop();
    this.#failures += 1;
    this.#lastTrouble = text;
    if (wasReady) this.#calls.crashed();
    if (wasReady || this.#failures > QUIET_FAILURES) this.#tell.trouble(text);
    const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (this.#failures - 1));
    setTimeout(() => !this.#stopped && !this.#worker && this.#start(), pause);
  }

  #drop() {
    this.#worker?.terminate();
    this.#worker = null;
    this.#ready = false;
  }
}
