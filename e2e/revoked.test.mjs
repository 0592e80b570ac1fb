// A device is revoked: its link is cut at once, its screen says so, and what it still brings is kept aside.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { call } from "./lib/browser.mjs";
import { evening } from "./lib/evening.mjs";
import { id } from "./lib/ids.mjs";
import { until } from "./lib/until.mjs";

describe("a revoked device", () => {
  const it = evening();
  const revoke = async (device) => {
    const { id } = (await device.who()).device;
    await it.hub.rest("DELETE", `/devices/${id}`, { status: 204 });
  };

  test("is cut off within a second, and says so", async () => {
    const ana = await it.waiter("Ana");
    await ana.openTable("T4", 2);
    await ana.drained();
    await revoke(ana);
    const cut = performance.now();
    await until(async () => (await ana.sync()).trouble?.what === "revoked", { within: 5_000 });
    assert.ok(performance.now() - cut < 1_000, `${performance.now() - cut} ms`);
    await ana.pill().filter({ hasText: "no longer allowed" }).waitFor();
    // Somebody stands there and can take another device: nothing more is taken on this one.
    const said = await call(ana.page, { call: "submit", cmdId: id(), kind: "orders.send", version: 1, args: {} });
    assert.deepEqual(said, { answer: "refused", code: "device_revoked" });
  });

  test("still brings what it held, which is kept aside for a manager", async () => {
    const [ana, marta] = [await it.waiter("Ana"), await it.waiter("Marta")];
    await ana.openTable("T4", 2);
    await ana.drained();
    ana.net.cut();
    await ana.add("Rib eye");
    await revoke(ana);
    ana.net.mend();
    await ana.pill().filter({ hasText: "no longer allowed" }).waitFor();
    await until(async () => (await marta.attention()).length > 0, { what: "a card for the manager" });
    const cards = await marta.attention();
    assert.deepEqual(cards.map(({ about }) => [about.what, about.kind]), [["quarantined", "orders.add"]]);
    await marta.button(/needs? attention/).click();
    await marta.page.getByRole("dialog").getByText(/^Kept aside/).waitFor();
    assert.deepEqual((await it.hub.orders()).flatMap((order) => order.items), []);
  });
});
