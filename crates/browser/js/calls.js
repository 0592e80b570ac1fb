// Calls that wait for their answer: each is answered once, told of trouble after a time, and sent again to a new core.
// Sending again is harmless, since the ids of commands are drawn before the first send.
const PATIENCE_MS = 15_000;
// A call in flight at two crashes of the core may well be their cause.
const CRASHES = 2;

export const trouble = (what) => JSON.stringify({ answer: "trouble", what });

export class Calls {
  #send;
  #open = new Map();

  constructor(send) {
    this.#send = send;
  }

  // What is known to take long may bring patience of its own.
  call(json, patience = PATIENCE_MS) {
    const id = crypto.randomUUID();
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.settle(id, trouble("no_answer")), patience);
      this.#open.set(id, { json, patience, resolve, timer, crashes: 0 });
      this.#send(id, json, patience);
    });
  }

  settle(id, answer) {
    const call = this.#open.get(id);
    if (!call) return;
    clearTimeout(call.timer);
    this.#open.delete(id);
    call.resolve(answer);
  }

  settleAll(answer) {
    for (const id of [...this.#open.keys()]) this.settle(id, answer);
  }

  // A new core, or a new owner of it, has heard none of these yet.
  resend() {
    for (const [id, { json, patience }] of this.#open) this.#send(id, json, patience);
  }

  crashed() {
    for (const [id, call] of this.#open) {
      call.crashes += 1;
      if (call.crashes >= CRASHES) this.settle(id, trouble("core_down"));
    }
  }
}
