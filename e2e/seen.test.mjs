// "Seen by the kitchen" is true: only of what is on a glass that somebody can see.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { evening } from "./lib/evening.mjs";
import { until } from "./lib/until.mjs";

describe("seen by the kitchen", () => {
  const it = evening();

  test("neither what a filter keeps away nor what another window covers", async () => {
    const [ana, kitchen] = [await it.waiter("Ana"), await it.kitchen()];
    const { page } = kitchen;
    const covered = (hidden) =>
      page.evaluate((hidden) => {
        Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
        document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
      }, hidden);
    const seen = async () => (await kitchen.board()).tickets.map(({ seen }) => seen);

    await page.getByRole("tab", { name: "Bar" }).click();
    await ana.openTable("T4", 2);
    await ana.add("Tomato salad");
    await ana.send(1);
    await until(async () => (await seen()).length === 1, { what: "the kitchen's device has it" });
    await page.getByText("Nothing to cook").waitFor();
    await ana.line("Tomato salad").getByText(/With the kitchen/).waitFor();
    assert.deepEqual(await seen(), [false]);

    await covered(true);
    await page.getByRole("tab", { name: "All" }).click();
    await page.getByRole("article", { name: /^T4/ }).waitFor();
    assert.deepEqual(await seen(), [false]);

    await covered(false);
    await ana.line("Tomato salad").getByText(/Seen by the kitchen/).waitFor();
    assert.deepEqual(await seen(), [true]);
  });
});
