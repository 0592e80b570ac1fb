// Two people, one check, both cut off: every line survives with its author, is fired once, and who was late is told.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { evening } from "./lib/evening.mjs";
import { sameEverywhere } from "./lib/everywhere.mjs";

describe("two waiters on one check", () => {
  const it = evening();

  test("both cut off, both add and send, one of them the same line", async () => {
    const [ana, ben, kitchen] = [await it.waiter("Ana"), await it.waiter("Ben"), await it.kitchen()];
    await ana.openTable("T4", 2);
    await ana.add("Tomato salad");
    await ana.drained();
    await ben.place("T4", "1 not sent").waitFor();
    await ben.goTo("T4");
    await ben.line("Tomato salad").waitFor();
    for (const one of [ana, ben]) one.net.cut();

    await ana.add("Rib eye");
    await ana.send(2);
    await ben.add("Gnocchi");
    await ben.send(2);
    for (const one of [ana, ben]) await one.button(/^2 waiting · offline/).waitFor();

    ana.net.mend();
    await ana.drained();
    ben.net.mend();
    const sent = ["Tomato salad", "Rib eye, 300 g", "Gnocchi, sage butter"];
    await sameEverywhere({ ...it, devices: [ana, ben], kitchen, sent });

    const [check] = await ben.checks();
    const authors = Object.fromEntries(check.lines.map((line) => [line.name, line.by]));
    assert.deepEqual(authors, { "Tomato salad": "Ana Sousa", "Rib eye, 300 g": "Ana Sousa", "Gnocchi, sage butter": "Ben Haddad" });
    const cards = await ben.attention();
    assert.deepEqual(cards.map(({ about }) => [about.what, about.dish, about.sentBy]), [["already_sent", "Tomato salad", "Ana Sousa"]]);
    assert.deepEqual(await ana.attention(), []);
    await ben.page.getByText("Tomato salad was in the kitchen already").first().waitFor();
    await ben.page.getByText(/^Ana sent it at \d/).first().waitFor();
  });

  test("both cut off, both open the same table: two checks stay", async () => {
    const [ana, ben, kitchen] = [await it.waiter("Ana"), await it.waiter("Ben"), await it.kitchen()];
    for (const one of [ana, ben]) one.net.cut();
    for (const [one, dish] of [[ana, "Rib eye"], [ben, "Gnocchi"]]) {
      await one.openTable("T7", 2);
      await one.add(dish);
      await one.send(1);
    }
    for (const one of [ana, ben]) one.net.mend();
    await sameEverywhere({ ...it, devices: [ana, ben], kitchen, sent: ["Rib eye, 300 g", "Gnocchi, sage butter"] });
    assert.equal((await ana.table("T7")).checks.length, 2);
    const cards = [...(await ana.attention()), ...(await ben.attention())];
    assert.deepEqual(cards.map(({ about }) => about.what), ["two_checks"]);
  });
});
