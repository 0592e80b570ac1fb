// Waits for a condition that no event tells of: asks again until it holds, or says what it was instead.
import { setTimeout as pause } from "node:timers/promises";

export async function until(ask, { within = 30_000, what } = {}) {
  const end = performance.now() + within;
  for (;;) {
    let last;
    try {
      last = await ask();
      if (last) return last;
    } catch (error) {
      last = error;
    }
    const said = typeof what === "function" ? what() : (what ?? ask);
    if (performance.now() > end) throw new Error(`${said} did not come true in ${within} ms: ${last?.stack ?? JSON.stringify(last)}`);
    await pause(25);
  }
}
