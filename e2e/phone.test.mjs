// The same order with one thumb: a phone's size, by touch.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { newDevice } from "./lib/device.mjs";
import { evening } from "./lib/evening.mjs";

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

describe("on a phone, by touch", () => {
  const it = evening();

  // In nobody's hands yet.
  async function stranger() {
    const device = await newDevice(it.browser, it.hub, PHONE);
    it.devices.push(device);
    return device;
  }

  test("open, add with what has to be chosen, a note, send, bill, cash", async () => {
    const kitchen = await it.kitchen();
    const ana = await stranger();
    const { page } = ana;
    const tap = (name, within = page) => within.getByRole("button", { name }).first().tap();
    await tap(/Ana Sousa/);
    await page.getByRole("heading", { name: "Floor" }).waitFor();
    await tap(/^T4 · /, page.getByRole("tabpanel"));
    await tap("2 guests");
    await page.getByRole("searchbox").waitFor();
    await page.getByRole("tab", { name: "Mains" }).tap();
    await tap(/^Rib eye/);
    const sheet = page.getByRole("dialog", { name: /^Rib eye/ });
    await tap(/^Medium rare/, sheet);
    await sheet.getByRole("textbox", { name: "Note to the kitchen" }).tap();
    await page.keyboard.type("no salt");
    await tap(/^Add 1/, sheet);
    await page.getByRole("tab", { name: "Starters" }).tap();
    await tap(/^Soup of the day/);
    // What it comes to and how much is not sent is in sight without a look at the check.
    await page.getByRole("contentinfo").getByText("€40.00").waitFor();
    await tap(/^Check · 2$/);
    await ana.line("Rib eye").getByText("no salt").waitFor();
    await tap(/^Send 2$/);
    await ana.line("Rib eye").getByText(/kitchen/).first().waitFor();
    await kitchen.page.getByRole("article", { name: /^T4/ }).getByText("no salt").waitFor();
    await tap(/^Bill$/);
    await tap(/^50\.00$/);
    await tap(/^Take €40\.00$/);
    await page.getByText("Change due").waitFor();
    await page.getByText("€10.00").first().waitFor();
    await tap(/^To the floor$/);
    await ana.place("T4", "Free").waitFor();
    // Nothing has to be pushed sideways.
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.equal(wide, 0);
    await ana.drained();
    const { items } = await it.hub.rest("GET", "/billing/bills?status=paid&limit=200");
    assert.deepEqual(items.map(({ total, due, tableName }) => [total, due, tableName]), [[4_000, 0, "T4"]]);
    assert.deepEqual(page.faults, []);
  });
});
