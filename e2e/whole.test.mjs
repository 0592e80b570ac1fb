// The whole evening in a full house: as it should be, with the waiter cut off, with the hub killed, and with both.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { evening } from "./lib/evening.mjs";
import { seed } from "./lib/random.mjs";
import { wholeEvening } from "./lib/whole.mjs";

const KILLS = 20;

describe("a whole evening", () => {
  const it = evening();

  const lived = async (t, how) => {
    const [ana, ben, marta, kitchen] = [await it.waiter("Ana"), await it.waiter("Ben"), await it.waiter("Marta"), await it.kitchen()];
    const lived = await wholeEvening({ hub: it.hub, ana, ben, marta, kitchen }, { seed: seed(), told: (line) => t.diagnostic(line), ...how });
    return { marta, ...lived };
  };

  test("the waiter's device cut off in the middle", async (t) => {
    const { marta, order, due } = await lived(t, { cuts: true });
    // The manager finds the bill, and the evening in the day's figures.
    const bill = (await it.hub.all("/billing/bills?status=paid")).find(({ orderId }) => orderId === order);
    assert.equal(bill.total, due);
    await marta.click(/^Office$/);
    await marta.click(/^Bills$/);
    await marta.click(new RegExp(`^Receipt ${bill.number} `));
    await marta.page.getByRole("dialog").getByText(/^Cash · .* Ana /).waitFor();
  });

  test("the hub killed at twenty moments with commands under way", (t) => lived(t, { kills: KILLS }));

  test("both", (t) => lived(t, { kills: KILLS, cuts: true }));
});
