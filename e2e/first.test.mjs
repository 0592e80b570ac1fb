// A hub that belongs to nobody asks for a name and a first admin, and leads to a floor that says what comes next.
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { launch } from "./lib/browser.mjs";
import { newDevice } from "./lib/device.mjs";
import { HUB, start } from "./lib/program.mjs";

test("an empty hub becomes a restaurant, and its first admin stands on its floor", async (t) => {
  const data = await mkdtemp(join(tmpdir(), "comanda-first-"));
  const hub = await start(HUB, ["serve"], { COMANDA_DATA: data, COMANDA_LISTEN: "127.0.0.1:0", RUST_LOG: "error" });
  const browser = await launch();
  const device = await newDevice(browser, hub);
  t.after(async () => {
    await device.close();
    await browser.close();
    await hub.stop();
    await rm(data, { recursive: true, force: true });
  });
  const { page } = device;
  await page.getByRole("heading", { name: "A new restaurant" }).waitFor();
  const fill = (label, text) => page.getByRole("textbox", { name: label }).fill(text);
  await fill("Name of the restaurant", "Osteria Nuova");
  await fill("Time zone", "Europe/Rome");
  await fill("Full name", "Rosa Bianchi");
  await fill("User name", "rosa");
  await page.getByLabel(/^Password/).fill("short");
  await device.button("Open the restaurant").click();
  await page.getByRole("alert").waitFor();
  await page.getByLabel(/^Password/).fill("a good password");
  await device.button("Open the restaurant").click();
  await page.getByRole("heading", { name: "Floor" }).waitFor();
  await page.getByText("No tables yet").waitFor();
  const { restaurant, person, online } = await device.who();
  assert.deepEqual([restaurant.name, restaurant.zone, restaurant.currency.code], ["Osteria Nuova", "Europe/Rome", "EUR"]);
  assert.deepEqual([person.name, person.role, online], ["Rosa Bianchi", "admin", true]);

  // The second device needs a code: the hub belongs to somebody now.
  await device.button("Office").click();
  await device.button("Devices").click();
  await page.getByRole("group", { name: "A code for a new device" }).getByRole("button", { name: "Waiter" }).click();
  const code = await page.locator(".code b").innerText();
  const second = await newDevice(browser, hub);
  t.after(() => second.close());
  await second.page.getByRole("textbox", { name: "Name of this device" }).fill("Terrace");
  await second.page.getByRole("textbox", { name: "Code" }).fill(code);
  await second.button("Add device").click();
  await second.button(/Rosa Bianchi/).waitFor();
});
