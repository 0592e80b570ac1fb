// From the first guest to the change: choose, send, change one's mind, ask for the bill, pay in cash, and the table is free.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { evening } from "./lib/evening.mjs";
import { until } from "./lib/until.mjs";

const SOON = 15_000;

describe("a table's evening", () => {
  const it = evening();

  async function served(ana) {
    await ana.openTable("T4", 2);
    await ana.add("Rib eye", "Tomato salad", "Bread & butter");
    await ana.line("Rib eye").getByText("Rare").waitFor();
    await ana.line("Bread & butter").getByRole("button").click();
    const sheet = ana.page.getByRole("dialog", { name: "Bread & butter" });
    await sheet.getByRole("button", { name: "One more" }).click();
    await sheet.getByRole("textbox", { name: "Note to the kitchen" }).fill("warm");
    await sheet.getByRole("button", { name: "Save" }).click();
    await ana.line("Bread & butter").getByText("warm").waitFor();
    await ana.send(4);
    await ana.line("Tomato salad").getByRole("button").click();
    await ana.button("Void…").click();
    await ana.button("Guest changed their mind").click();
    await ana.button("Void 1").click();
    await ana.line("Tomato salad").getByText(/^Voided \d.* Guest changed their mind$/).waitFor({ timeout: SOON });
  }

  async function paid(ana) {
    await ana.button("Bill").click();
    await ana.page.getByText("Provisional · no receipt yet").waitFor();
    await ana.button("The guests ask for it").click();
    await ana.page.getByText("Bill asked").first().waitFor({ timeout: SOON });
    // 32.00 and twice 3.50: a part first, then a note for the rest.
    for (const digit of ["1", "9", "00"]) await ana.page.getByRole("button", { name: digit, exact: true }).click();
    await ana.button("Take 19.00 of 39.00").click();
    await ana.page.getByText("Paid in part").waitFor({ timeout: SOON });
    await ana.page.getByRole("button", { name: "50.00", exact: true }).click();
    await ana.button(/^Take/).click();
    await ana.page.getByText("Change due").waitFor({ timeout: SOON });
    await ana.page.getByText("€30.00").first().waitFor();
    await ana.button("To the floor").click();
    await ana.place("T4", "Free").waitFor({ timeout: SOON });
  }

  test("with the link: the manager finds the bill, and the table is free everywhere", async () => {
    const [ana, marta] = [await it.waiter("Ana"), await it.waiter("Marta")];
    await served(ana);
    await marta.place("T4").getByText("Ordered").waitFor({ timeout: SOON });
    await paid(ana);
    await ana.drained();
    await marta.place("T4", "Free").waitFor({ timeout: SOON });
    const { items } = await it.hub.rest("GET", "/billing/bills?status=paid&limit=200");
    const bill = items.find((bill) => bill.payments.some(({ tendered }) => tendered === 5_000) && bill.total === 3_900);
    assert.deepEqual([bill.tableName, bill.paid, bill.due], ["T4", 3_900, 0]);
    assert.ok(bill.number > 0);
    await marta.button("Office").click();
    await marta.button("Bills").click();
    await marta.button(new RegExp(`^Receipt ${bill.number} `)).click();
    await marta.page.getByRole("dialog").getByText(/^Cash · .* Ana · change 30\.00$/).waitFor();
    for (const { page } of it.devices) assert.deepEqual(page.faults, []);
  });

  test("cut off before the send: all of it stands on the device, and once at the hub afterwards", async () => {
    const ana = await it.waiter("Ana");
    ana.net.cut();
    await served(ana);
    await ana.line("Rib eye").getByText(/^NOT in the kitchen yet/).waitFor();
    await paid(ana);
    ana.net.mend();
    await ana.drained();
    const found = await until(async () => {
      const orders = await it.hub.rest("GET", "/orders?status=completed&limit=200");
      const order = orders.items.find(({ items }) => items.some(({ note }) => note === "warm"));
      return order ?? Promise.reject(new Error("not there yet"));
    });
    assert.deepEqual([found.paid, found.due], [3_900, 0]);
    const voided = found.items.filter(({ status }) => status === "voided");
    assert.deepEqual(voided.map(({ name }) => name), ["Tomato salad"]);
    assert.deepEqual(await ana.attention(), []);
  });
});
