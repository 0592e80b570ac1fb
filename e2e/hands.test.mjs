// What a waiter's evening asks for beside ordering: somebody who agrees, remedies, handing over, cancelling, the call, the lock.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { launch } from "./lib/browser.mjs";
import { evening } from "./lib/evening.mjs";
import { PIN, foundedHub } from "./lib/founded.mjs";
import { until } from "./lib/until.mjs";

const SOON = 15_000;

describe("a waiter's hands", () => {
  const it = evening();
  const ticket = (kitchen, table) => kitchen.page.getByRole("article", { name: new RegExp(`^${table}`) });
  const dish = (kitchen, table, name) => ticket(kitchen, table).getByRole("button", { name });
  const says = (waiter, name, state) => waiter.line(name).getByText(state).first().waitFor({ timeout: SOON });
  const type = async (waiter, pin) => {
    for (const digit of pin) await waiter.page.getByRole("dialog").getByRole("button", { name: digit, exact: true }).click();
  };

  async function sent(waiter, table, ...dishes) {
    await waiter.openTable(table, 2);
    await waiter.add(...dishes);
    await waiter.send(dishes.length);
  }

  test("what cooks is voided with a manager's PIN on the waiter's own screen, and never without", async () => {
    const [ana, kitchen] = [await it.waiter("Ana"), await it.kitchen()];
    await sent(ana, "T4", "Tomato salad", "Soup of the day");
    await dish(kitchen, "T4", /Soup of the day/).click();
    await says(ana, "Soup of the day", /Being prepared/);
    await ana.line("Soup of the day").getByRole("button").click();
    await ana.button("Void…").click();
    await ana.button("Guest complained").click();
    const void_ = ana.button("Void 1");
    assert.ok(await void_.isDisabled(), "nobody has agreed yet");
    await ana.button("Marta Ruiz").click();
    await type(ana, "9999");
    await void_.click();
    await ana.page.getByText("That PIN is wrong.").first().waitFor();
    await says(ana, "Soup of the day", /Being prepared/);
    await ana.button("Marta Ruiz").click();
    await type(ana, "2000");
    await void_.click();
    await says(ana, "Soup of the day", /^Voided .* Guest complained$/);
    await dish(kitchen, "T4", /Soup of the day.*VOID/).waitFor({ timeout: SOON });
    await ana.drained();
    const [order] = await it.hub.orders();
    assert.deepEqual(order.items.map(({ name, status }) => [name, status]).sort(), [["Soup of the day", "voided"], ["Tomato salad", "sent"]]);
  });

  test("of a dish that is gone meanwhile one is cooked all the same and another is void, from its card", async () => {
    const [ana, kitchen] = [await it.waiter("Ana"), await it.kitchen()];
    await ana.openTable("T4", 2);
    await ana.drained();
    ana.net.cut();
    await ana.add("Soup of the day", "Tomato salad", "Gnocchi");
    await ana.send(3);
    const { dishes } = await it.hub.rest("GET", "/menu");
    for (const name of ["Soup of the day", "Tomato salad"]) {
      const { id } = dishes.find((dish) => dish.name === name);
      await it.hub.rest("PATCH", `/menu/dishes/${id}/availability`, { as: "kitchen", body: { available: false } });
    }
    ana.net.mend();
    await ana.drained();
    await ticket(kitchen, "T4").getByText("Gnocchi").waitFor({ timeout: SOON });
    await says(ana, "Soup of the day", /Held/);
    assert.equal(await dish(kitchen, "T4", /Soup|Tomato/).count(), 0, "nobody cooks it before somebody has asked");

    const tray = async () => {
      await ana.page.getByRole("banner").getByRole("button", { name: /need.? attention/ }).click();
      return ana.page.getByRole("dialog", { name: "Needs attention" });
    };
    const card = (sheet, name) => sheet.getByRole("article").filter({ hasText: name });
    let sheet = await tray();
    await card(sheet, "Soup of the day is gone").getByRole("button", { name: "Cook it all the same" }).click();
    await dish(kitchen, "T4", /Soup of the day/).waitFor({ timeout: SOON });
    await card(sheet, "Soup of the day is gone").waitFor({ state: "detached" });
    await card(sheet, "Tomato salad is gone").getByRole("button", { name: "Void…" }).click();
    await ana.button("Cannot be had").click();
    await ana.button("Void 1").click();
    await until(async () => (await ana.attention()).length === 0);
    await ana.drained();
    const items = (await it.hub.orders()).flatMap(({ items }) => items);
    assert.deepEqual(items.map(({ name, status }) => [name, status]).sort(), [["Gnocchi, sage butter", "sent"], ["Soup of the day", "sent"], ["Tomato salad", "voided"]]);
  });

  test("a table that is handed over belongs to the other, and it is the other who hears that food is ready", async () => {
    const ears = (page) => page.evaluate(() => (window.heardChimes = 0, (AudioScheduledSourceNode.prototype.start = function () { window.heardChimes += 1; })));
    const [ana, ben, kitchen] = [await it.waiter("Ana"), await it.waiter("Ben"), await it.kitchen()];
    for (const one of [ana, ben]) await ears(one.page);
    await sent(ana, "T4", "Tomato salad");
    await ana.button("More for this check").click();
    await ana.button("Hand over").click();
    await ana.button("Ben Haddad").click();
    await ben.place("T4").getByText(/Ben/).waitFor({ timeout: SOON });
    await ana.toFloor();
    await kitchen.button("Bump T4").click();
    await ben.page.getByText("T4 · 1 ready to carry").waitFor({ timeout: SOON });
    await ben.place("T4", "1 ready").waitFor({ timeout: SOON });
    assert.ok(await ben.page.evaluate(() => window.heardChimes > 0), "Ben hears it");
    await ana.place("T4", "1 ready").waitFor({ timeout: SOON });
    assert.equal(await ana.page.getByText("ready to carry").count(), 0);
    assert.equal(await ana.page.evaluate(() => window.heardChimes), 0, "and Ana does not");
  });

  test("a check is cancelled with a reason: the kitchen is told, and the table is free", async () => {
    const [ana, kitchen] = [await it.waiter("Ana"), await it.kitchen()];
    await sent(ana, "T4", "Tomato salad", "Soup of the day");
    await ticket(kitchen, "T4").waitFor({ timeout: SOON });
    await ana.button("More for this check").click();
    await ana.button("Cancel this check").click();
    const sheet = ana.page.getByRole("dialog", { name: "Cancel this check" });
    const cancel = sheet.getByRole("button", { name: "Cancel this check" });
    assert.ok(await cancel.isDisabled());
    await sheet.getByRole("textbox", { name: "Why?" }).fill("They left");
    await cancel.click();
    await ana.place("T4", "Free").waitFor({ timeout: SOON });
    await ticket(kitchen, "T4").getByText("VOID").first().waitFor({ timeout: SOON });
    await ana.drained();
    const { items } = await it.hub.rest("GET", "/orders?status=cancelled&limit=200");
    assert.equal(items.length, 1);
    assert.ok(items[0].items.every(({ status }) => status === "voided"));
  });

  test("Send that is tapped before a dish has arrived on the check takes it along", async () => {
    const [ana, kitchen] = [await it.waiter("Ana"), await it.kitchen()];
    await ana.openTable("T4", 2);
    await ana.add("Tomato salad");
    await ana.page.evaluate(() => {
      const call = window.comanda.call;
      let release;
      const held = new Promise((resolve) => (release = resolve));
      window.comanda.call = async (json) => (JSON.parse(json).kind === "orders.add" && (await held), call(json));
      window.release = release;
    });
    await ana.page.getByRole("searchbox").fill("Gnocchi");
    await ana.page.keyboard.press("Enter");
    await ana.send(2);
    assert.equal(await ticket(kitchen, "T4").count(), 0);
    await ana.page.evaluate(() => window.release());
    for (const name of ["Tomato salad", "Gnocchi"]) await ticket(kitchen, "T4").getByText(name).waitFor({ timeout: SOON });
    await ana.button("Nothing to send").waitFor();
    assert.equal((await it.hub.tickets()).length, 1, "in one fire");
  });
});

describe("a device that lies about", () => {
  test("locks after a while, and its PIN brings back what was there", async (t) => {
    const [hub, browser] = [await foundedHub(), await launch()];
    const luca = await hub.device(browser);
    t.after(async () => {
      await luca.close();
      await browser.close();
      await hub.stop();
    });
    const signIn = async () => {
      await luca.button(/Luca Conti/).click();
      await luca.page.locator("#pin-1:focus").waitFor();
      // Faster than any screen is drawn: no digit is lost.
      await luca.page.evaluate((keys) => {
        for (const key of keys) document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
      }, [...PIN, "Enter"]);
    };
    await signIn();
    await luca.openTable("T2", 3);
    await luca.add("Carbonara");
    await luca.drained();
    const [address, before] = [luca.page.url(), await luca.checks()];
    // The clock of the page goes on by itself, only faster.
    await luca.page.evaluate(() => {
      const now = Date.now;
      Date.now = () => now() + 200_000;
    });
    await luca.page.getByRole("heading", { name: "Who is working?" }).waitFor();
    assert.equal((await luca.who()).person, null);
    assert.equal(await luca.page.getByText("Carbonara").count(), 0, "nothing is left in sight");
    await signIn();
    await luca.line("Carbonara").waitFor();
    assert.equal(luca.page.url(), address);
    assert.deepEqual((await luca.checks()).map(({ lines }) => lines.map(({ id }) => id)), before.map(({ lines }) => lines.map(({ id }) => id)));
    await luca.send(1);
    await luca.drained();
  });
});
