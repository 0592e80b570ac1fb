// When two people did different things, cut off from each other: each row of sync.md's table whose commands exist, with its card.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { evening } from "./lib/evening.mjs";
import { id } from "./lib/ids.mjs";
import { until } from "./lib/until.mjs";

describe("two people who could not know of each other", () => {
  const it = evening({ shared: true });
  let ana, ben, marta, kitchen;
  before(async () => {
    [ana, ben, marta] = [await it.waiter("Ana"), await it.waiter("Ben"), await it.waiter("Marta")];
    kitchen = await it.kitchen();
  });
  // Each story has a table of its own.
  const tables = ["T1", "T2", "T3", "T4", "T5", "T6", "T7", "H1"];

  async function does(device, kind, args) {
    const said = await device.ask({ call: "submit", cmdId: id(), kind, version: 1, args });
    assert.equal(said.answer, "stored", `${kind}: ${JSON.stringify(said)}`);
  }
  const sends = async (device, order) => {
    const { send, tickets } = await device.check(order);
    await does(device, "orders.send", { order, lines: send, tickets: Array.from({ length: tickets }, id) });
  };
  const wants = async (device, order, dish, to) => {
    const { id: line, quantity: from } = (await device.check(order)).lines.find(({ name }) => name.startsWith(dish));
    await does(device, "orders.change", { order, line, quantity: { from, to } });
  };
  const line = async (device, order, dish) => (await device.check(order)).lines.find(({ name }) => name.startsWith(dish));
  const adds = async (device, order, dish, quantity = 1) => {
    const { id: found } = (await device.query({ of: "menu" })).dishes.find(({ name }) => name.startsWith(dish));
    await does(device, "orders.add", { order, lines: [{ id: id(), dish: found, quantity }] });
  };
  const pays = async (device, order, amount) => {
    const bill = (await device.query({ of: "bill", order })).bill;
    const open = bill.id ?? id();
    if (!bill.id) await does(device, "billing.open", { bill: open, order });
    const all = (await device.query({ of: "bill", order })).bill.due;
    await does(device, "billing.pay", { payment: id(), order, bill: open, method: "cash", amount: amount ?? all });
  };
  const cut = (...devices) => devices.forEach(({ net }) => net.cut());
  // One after the other: what the first one did, the hub has seen first.
  const mend = async (...devices) => {
    for (const device of devices) {
      device.net.mend();
      await device.drained();
    }
  };
  // Newest first; those about one order, where they name one.
  const cards = async (device, order) => (await device.attention()).map(({ about }) => about).filter((about) => about.order === order);
  const told = async (device, what, order) =>
    until(async () => (await cards(device, order)).find((about) => about.what === what), { what: `a card ${what}` });
  const onTickets = async (order) =>
    (await it.hub.tickets()).filter(({ orderId }) => orderId === order).flatMap(({ lines }) => lines.map(({ name }) => name)).sort();
  const lines = async (order) =>
    (await it.hub.rest("GET", `/orders/${order}`)).items.map(({ name, quantity, status }) => `${quantity} ${name.split(",")[0]} ${status}`).sort();
  // The card in the tray, and what may be done about it.
  const card = async (device, words) => {
    const tray = device.page.getByRole("dialog");
    if (!(await tray.isVisible())) await device.button(/needs? attention/).click();
    const card = tray.locator("li, article").filter({ hasText: words }).first();
    await card.waitFor();
    return card;
  };

  // A check that both have before their eyes; drafts, or sent.
  async function together(dishes, { sent = false } = {}) {
    const { id: table } = await ana.table(tables.shift());
    const order = id();
    await does(ana, "orders.open", { order, table, guests: 2 });
    for (const [dish, quantity] of Object.entries(dishes)) await adds(ana, order, dish, quantity);
    if (sent) await sends(ana, order);
    await ana.drained();
    await until(async () => (await ben.check(order))?.lines.length === Object.keys(dishes).length);
    if (sent) await until(async () => (await ben.check(order)).send.length === 0);
    return order;
  }

  test("change quantity: unsent, the last in the hub's order stands, and who differed is told", async () => {
    const order = await together({ "Tomato salad": 1, "Bread & butter": 1 });
    cut(ana, ben);
    await wants(ana, order, "Tomato salad", 3);
    await wants(ben, order, "Tomato salad", 2);
    // The same wish is one wish.
    for (const one of [ana, ben]) await wants(one, order, "Bread & butter", 2);
    await mend(ana, ben);
    assert.deepEqual(await lines(order), ["2 Bread & butter draft", "2 Tomato salad draft"]);
    const { dish, from, to } = await told(ben, "quantity_changed", order);
    assert.deepEqual([dish, from, to], ["Tomato salad", 3, 2]);
    assert.equal((await cards(ben, order)).length, 1);
  });

  test("change quantity: fired meanwhile, more is a new line and less is for somebody to void", async () => {
    const order = await together({ "Tomato salad": 1, "Bread & butter": 3 });
    cut(ana);
    await sends(ben, order);
    await ben.drained();
    await wants(ana, order, "Tomato salad", 3);
    await wants(ana, order, "Bread & butter", 2);
    await mend(ana);
    assert.deepEqual(await lines(order), ["1 Tomato salad sent", "2 Tomato salad draft", "3 Bread & butter sent"]);
    const { dish, quantity } = await told(ana, "void_asked", order);
    assert.deepEqual([dish, quantity], ["Bread & butter", 1]);
    // The remedy that is offered does it.
    await (await card(ana, "less was wanted")).getByRole("button", { name: "Void…" }).click();
    await ana.button("Guest changed their mind").click();
    await ana.button("Void 1").click();
    await ana.drained();
    const left = ["1 Bread & butter voided", "1 Tomato salad sent", "2 Bread & butter sent", "2 Tomato salad draft"];
    await until(async () => assert.deepEqual(await lines(order), left) ?? true);
  });

  test("86: what was ordered offline is held until somebody has asked the guest", async () => {
    const order = await together({ "Tomato salad": 1 });
    cut(ana);
    const { id: soup } = (await ben.query({ of: "menu" })).dishes.find(({ name }) => name === "Soup of the day");
    await it.hub.rest("PATCH", `/menu/dishes/${soup}/availability`, { as: "kitchen", body: { available: false } });
    await adds(ana, order, "Soup of the day");
    await sends(ana, order);
    await mend(ana);
    await told(ana, "dish_gone", order);
    assert.equal((await line(ana, order, "Soup")).place.is, "held");
    assert.deepEqual(await onTickets(order), ["Tomato salad"]);
    const gone = await card(ana, "Soup of the day is gone");
    assert.equal(await gone.getByRole("button", { name: /Swap/ }).count(), 0, "what does not exist yet is not offered");
    await gone.getByRole("button", { name: "Cook it all the same" }).click();
    await until(async () => (await onTickets(order)).length === 2);
    assert.deepEqual(await lines(order), ["1 Soup of the day sent", "1 Tomato salad sent"]);
  });

  test("bump: of what had been voided it is said that it was cooked in vain", async () => {
    const order = await together({ "Tomato salad": 1 }, { sent: true });
    const ticket = await until(async () => (await kitchen.board()).tickets.find((ticket) => ticket.order === order));
    await kitchen.drained();
    cut(kitchen);
    await does(ana, "orders.void", { order, lines: [{ line: (await line(ana, order, "Tomato")).id }], reason: "left" });
    await ana.drained();
    await does(kitchen, "kitchen.bump", { order, ticket: ticket.id });
    await mend(kitchen);
    assert.deepEqual(await lines(order), ["1 Tomato salad voided"]);
    // Nobody is signed in at the wall: it is for a manager.
    const { dish, quantity } = await told(marta, "cooked_in_vain", order);
    assert.deepEqual([dish, quantity], ["Tomato salad", 1]);
  });

  test("pay cash: both have taken it, and both payments stand", async () => {
    const order = await together({ "Tomato salad": 1 }, { sent: true });
    cut(ana, ben);
    for (const one of [ana, ben]) await pays(one, order);
    await mend(ana, ben);
    const { paid, due, total } = await it.hub.rest("GET", `/orders/${order}`);
    assert.deepEqual([paid, due], [2 * total, -total]);
    const too = await until(async () => (await cards(ben, order)).find(({ what }) => ["overpaid", "unassigned_money"].includes(what)));
    assert.equal(too.amount, total);
  });

  test("add to a paid bill: it goes in, the check is open again, and another bill takes it", async () => {
    const order = await together({ "Tomato salad": 1 }, { sent: true });
    cut(ana);
    await pays(ben, order);
    await ben.drained();
    await adds(ana, order, "Bread & butter");
    await sends(ana, order);
    await mend(ana);
    const { amount } = await told(ana, "due_after_payment", order);
    assert.equal(amount, 350);
    assert.deepEqual(await lines(order), ["1 Bread & butter sent", "1 Tomato salad sent"]);
    await (await card(ana, "is due after payment")).getByRole("button", { name: "Open the bill" }).click();
    await ana.button(/^Exactly/).click();
    await ana.button(/^Take/).click();
    await until(async () => (await it.hub.rest("GET", `/orders/${order}`)).status === "completed");
    const bills = (await it.hub.all("/billing/bills")).filter(({ orderId }) => orderId === order);
    assert.deepEqual(bills.map(({ total, status }) => [total, status]), [[950, "paid"], [350, "paid"]]);
  });

  test("void: of what was paid meanwhile it is refused, and said so", async () => {
    const order = await together({ "Tomato salad": 1 }, { sent: true });
    cut(ana);
    await pays(ben, order);
    await ben.drained();
    await does(ana, "orders.void", { order, lines: [{ line: (await line(ana, order, "Tomato")).id }], reason: "cold" });
    await mend(ana);
    const { kind, code } = await told(ana, "rejected");
    assert.deepEqual([kind, code], ["orders.void", "already_paid"]);
    assert.deepEqual(await lines(order), ["1 Tomato salad sent"]);
  });

  test("deactivated meanwhile: what was ordered and taken counts and is flagged, what was voided is refused", async () => {
    const order = await together({ "Tomato salad": 1, "Bread & butter": 1 }, { sent: true });
    cut(ben);
    await adds(ben, order, "Gnocchi");
    await sends(ben, order);
    await does(ben, "orders.void", { order, lines: [{ line: (await line(ben, order, "Tomato")).id }], reason: "cold" });
    await pays(ben, order, 500);
    const { items } = await it.hub.rest("GET", "/auth/users");
    const { id: person } = items.find(({ username }) => username === "ben");
    await it.hub.rest("PATCH", `/auth/users/${person}`, { body: { isActive: false } });
    await mend(ben);
    assert.deepEqual(await lines(order), ["1 Bread & butter sent", "1 Gnocchi sent", "1 Tomato salad sent"]);
    assert.equal((await it.hub.rest("GET", `/orders/${order}`)).paid, 500);
    await marta.drained();
    const facts = ["billing.open", "billing.pay", "orders.add", "orders.send"].map((kind) => `not_permitted ${kind}`);
    const flagged = async () => (await cards(marta, order)).map(({ what, kind }) => `${what} ${kind}`).sort();
    await until(async () => assert.deepEqual(await flagged(), facts) ?? true);
    const { kind } = await told(marta, "rejected");
    assert.equal(kind, "orders.void");
    const refused = async () => (await cards(marta)).filter(({ what }) => what === "rejected").length;
    const before = await refused();
    await (await card(marta, "Not done")).getByRole("button", { name: "Seen to" }).click();
    await until(async () => (await refused()) === before - 1);
    await until(async () => (await ana.check(order)).lines.length === 3);
  });
});
