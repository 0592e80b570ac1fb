// What a hub that was put back has forgotten: a device that was added since, and even the key that it signs with.
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { evening } from "./lib/evening.mjs";
import { sameEverywhere } from "./lib/everywhere.mjs";
import { SIZES, looker } from "./lib/look.mjs";

describe("a hub that was put back", () => {
  const it = evening();

  // The demo as it was before the evening, and what puts the hub back to it.
  async function backup(t) {
    const folder = await mkdtemp(join(tmpdir(), "comanda-backup-"));
    t.after(() => rm(folder, { recursive: true, force: true }));
    const file = join(folder, "six.backup");
    await it.hub.backup(file);
    return async ({ without } = {}) => {
      await it.hub.kill();
      await it.hub.restore(file);
      if (without) it.hub.sql(without);
      const url = await it.hub.startAgain();
      for (const { net } of it.devices) net.to(url);
    };
  }

  async function toDevices(manager, password) {
    await manager.click(/^Office$/);
    await manager.click(/^Devices$/);
    await manager.type("Password", password);
    await manager.click(/^Sign in$/);
    await manager.sees(/The hub was put back to an earlier state/);
  }

  test("does not know who was added since: with a code the device is added again, and brings all that it holds", async (t) => {
    const marta = await it.waiter("Marta");
    const kitchen = await it.kitchen();
    const putBack = await backup(t);
    const ben = await it.waiter("Ben");
    await ben.openTable("T5", 3);
    await ben.add("Soup of the day");
    await ben.send(1);
    await ben.drained();
    // He alone has it, and it is not at the hub yet.
    ben.net.cut();
    await ben.add("Bread & butter");
    await ben.send(1);

    await putBack();
    ben.net.mend();
    await ben.knows(({ trouble }) => trouble?.what === "unknown");
    await toDevices(marta, "demo-manager");
    await marta.page.getByRole("group", { name: "A code for a new device" }).getByRole("button", { name: "Waiter" }).click();
    const code = await marta.page.locator(".code b").innerText();
    await ben.pill().click();
    const sheet = ben.page.getByRole("dialog", { name: "Link and storage" });
    await sheet.getByLabel("Code", { exact: true }).fill(code);
    const look = looker();
    await look.picture(ben.page, "added-again");
    await ben.page.setViewportSize(SIZES.tablet);
    look.nothingWrong();
    await sheet.getByRole("button", { name: "Add device" }).click();

    await ben.drained();
    await sameEverywhere({ ...it, devices: [ben, marta], kitchen, sent: ["Soup of the day", "Bread & butter"] });
    assert.deepEqual(await ben.attention(), []);
  });

  test("has lost its key: it waits until an admin says whose log it is", async (t) => {
    const [ana, ada] = [await it.waiter("Ana"), await it.waiter("Ada")];
    const kitchen = await it.kitchen();
    const putBack = await backup(t);
    await ana.openTable("T4", 2);
    await ana.add("Tomato salad", "Gnocchi");
    await ana.send(2);
    for (const device of [ana, ada, kitchen]) await device.drained();

    await putBack({ without: "DELETE FROM hub WHERE name = 'position_key'" });
    await toDevices(ada, "demo-admin");
    await ada.sees(/The hub has lost the key that it signs with/);
    await ada.page.getByRole("button", { name: "Take its log…" }).first().waitFor();
    const look = looker();
    await look.picture(ada.page, "keyless");
    await ada.page.setViewportSize(SIZES.tablet);
    look.nothingWrong();
    await ada.page.getByRole("button", { name: "Take its log…" }).first().click();
    await ada.click(/^Take it for the hub’s own$/);

    await sameEverywhere({ ...it, devices: [ana, ada], kitchen, sent: ["Tomato salad", "Gnocchi, sage butter"] });
    await ana.add("Bread & butter");
    await ana.send(1);
    await sameEverywhere({ ...it, devices: [ana, ada], kitchen, sent: ["Tomato salad", "Gnocchi, sage butter", "Bread & butter"] });
  });
});
