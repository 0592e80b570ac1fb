// The offline shell against the real hub: a loaded screen opens with the hub gone, and a new build waits for a quiet moment.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { newDevice } from "./lib/device.mjs";
import { evening } from "./lib/evening.mjs";
import { rebuildable } from "./lib/rebuilt.mjs";

describe("with the hub gone", () => {
  const it = evening();

  test("both screens open, with all that they knew", async () => {
    const [ana, kitchen] = [await it.waiter("Ana"), await it.kitchen()];
    await ana.openTable("T4", 2);
    await ana.add("Rib eye");
    await ana.send(1);
    await kitchen.page.getByRole("article", { name: /^T4/ }).waitFor();
    for (const one of [ana, kitchen]) await one.shell();
    await ana.drained();
    await it.hub.kill();
    for (const one of [ana, kitchen]) await one.reload();
    await kitchen.page.getByRole("article", { name: /^T4/ }).getByText("Rib eye").waitFor();
    const offline = ana.button(/offline since \d/);
    await offline.waitFor();
    if (await ana.place("T4").isVisible()) await ana.goTo("T4");
    await ana.line("Rib eye").getByText(/(With|Seen by) the kitchen/).waitFor();
    // The person is still the one who held it.
    await ana.add("Gnocchi");
    await ana.line("Gnocchi").getByText("On this device").waitFor();
  });
});

describe("a new build", () => {
  const it = evening();

  test("waits while somebody works, and is put in place in a quiet moment", async (t) => {
    const front = await rebuildable(it.hub.url);
    t.after(() => front.close());
    const ana = await newDevice(it.browser, front, { viewport: { width: 1180, height: 820 } });
    it.devices.push(ana);
    await ana.signIn("Ana");
    await ana.shell();
    await ana.openTable("T4", 2);
    const build = () => ana.page.evaluate(() => document.documentElement.dataset.build);
    const old = await build();
    front.rebuild(old);
    await ana.page.evaluate(async () => (await navigator.serviceWorker.getRegistration()).update());
    await ana.page.waitForFunction(() => window.heard.notices.some((notice) => notice.update === "ready"));
    await ana.add("Rib eye");
    assert.equal(await build(), old, "not from under somebody's hands");
    await Promise.all([ana.page.waitForEvent("load", { timeout: 120_000 }), ana.toFloor()]);
    assert.equal(await build(), front.NEW);
    await ana.place("T4", "1 not sent").waitFor();
  });
});
