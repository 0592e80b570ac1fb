// The end of an evening: what people were shown as done is held against each device, the hub, the kitchen and the event feed.
import assert from "node:assert/strict";

const sorted = (list) => [...list].sort();
const same = (there, booked, what) => assert.deepEqual(sorted(there), sorted(booked), what);
const once = (list, what) => assert.equal(new Set(list).size, list.length, what);

// Each line, fire and payment exactly once, by its id, wherever one looks.
export async function agree({ hub, devices, kitchen, book, seen }) {
  for (const device of [...devices, kitchen]) await device.drained();
  await atTheHub({ hub, book });
  await inTheKitchen({ hub, book, seen });
  for (const device of [...devices, kitchen]) await onTheDevice({ device, book });
  return inTheFeed({ hub, book });
}

const lineOf = (id, quantity, voided) => `${id} × ${quantity}${voided ? " voided" : ""}`;
const booked = ({ lines }) => [...lines].map(([id, { quantity, voided }]) => lineOf(id, quantity, voided));
const linesOf = (items) => items.map(({ id, quantity, status }) => lineOf(id, quantity, status === "voided"));
const paymentsOf = (bills) => bills.flatMap(({ payments }) => payments.map(({ id, amount }) => `${id} ${amount}`));
const bookedPayments = (book) => book.payments().map(([id, amount]) => `${id} ${amount}`);

async function atTheHub({ hub, book }) {
  const orders = await hub.all("/orders");
  same(orders.map(({ id }) => id), book.orders.keys(), "the orders at the hub");
  for (const { id, items, status, due, paid } of orders) {
    const own = book.order(id);
    same(linesOf(items), booked(own), `the lines of ${id} at the hub`);
    const sum = [...own.payments.values()].reduce((sum, amount) => sum + amount, 0);
    assert.deepEqual([status, paid, due], ["completed", sum, 0], `what ${id} has come to`);
  }
  const bills = await hub.all("/billing/bills");
  same(paymentsOf(bills), bookedPayments(book), "the payments at the hub");
  // In each series, for a hub that was put back begins another.
  for (const series of new Set(bills.map(({ series }) => series))) {
    const numbers = bills.filter((bill) => bill.series === series).map(({ number }) => number).sort((a, b) => a - b);
    assert.deepEqual(numbers, numbers.map((_, n) => n + 1), "receipts are numbered without a gap");
  }
  const sums = [bills.reduce((sum, { total }) => sum + total, 0), book.payments().reduce((sum, [, amount]) => sum + amount, 0)];
  assert.equal(sums[0], sums[1], "bills come to what was taken");
  const day = (days) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
  const { total } = await hub.rest("GET", `/reports/sales?from=${day(-2)}&to=${day(1)}&by=day`);
  assert.equal(total.net + total.tax, sums[0], "and so do the day's figures");
}

// What stands on tickets is what was sent, and each line on one.
async function inTheKitchen({ hub, book, seen }) {
  const tickets = await hub.tickets("new", "preparing", "ready", "bumped");
  once(tickets.map(({ id }) => id), "a ticket is there once");
  same(tickets.map(({ id, status }) => `${id} ${status}`), [...seen.keys()].map((id) => `${id} bumped`), "the kitchen has seen each ticket");
  const pairs = (tickets) => tickets.flatMap(([ticket, lines]) => lines.map((line) => `${ticket} ${line}`));
  same(pairs(tickets.map(({ id, lines }) => [id, lines.map(({ itemId }) => itemId)])), pairs([...seen]), "with the same lines");
  same([...seen.values()].flat(), book.lines().map(([id]) => id), "and each line was fired once");
}

const WHERE = { voided: true, ready: false, served: false };

async function onTheDevice({ device, book }) {
  const payments = [];
  for (const [order, own] of book.orders) {
    const { lines, closed } = await device.check(order);
    assert.ok(lines.every(({ place }) => place.is in WHERE), JSON.stringify(lines.map(({ place }) => place)));
    same(lines.map(({ id, quantity, place }) => lineOf(id, quantity, WHERE[place.is])), booked(own), `the lines of ${order} on a device`);
    assert.ok(closed, `${order} is done`);
    const { bill } = await device.query({ of: "bill", order });
    assert.deepEqual([bill.id, bill.status, bill.due], [own.bill, "paid", 0]);
    payments.push(bill);
    assert.ok(bill.payments.every((payment) => payment.at_hub));
  }
  same(paymentsOf(payments), bookedPayments(book), "the payments on a device");
}

async function inTheFeed({ hub, book }) {
  const all = await hub.feed();
  const feed = all.filter(({ type }) => type !== "epoch.started");
  once(feed.map(({ id }) => id), "no record is there twice");
  assert.deepEqual(all.map(({ position }) => position), all.map((_, n) => n + 1), "nor is one left out");
  const of = (...types) => feed.filter(({ type }) => types.includes(type));
  for (const type of new Set(feed.map(({ type }) => type))) {
    assert.deepEqual(of(type).map(({ seq }) => seq), of(type).map((_, n) => n + 1), `${type} has no gap`);
  }
  same(of("order.created").map(({ data }) => data.id), book.orders.keys(), "each order is told of once");
  same(of("order.completed").map(({ data }) => data.id), book.orders.keys(), "and its end");
  same(of("payment.processed").map(({ data }) => `${data.id} ${data.amount}`), bookedPayments(book), "the payments in the feed");
  same(of("bill.completed").map(({ data }) => data.id), [...book.orders.values()].map(({ bill }) => bill), "the bills in the feed");
  const last = new Map();
  const sent = new Map();
  for (const { data } of of("order.created", "order.updated", "order.completed")) {
    last.set(data.id, data);
    for (const { id, sentAt } of data.items.filter(({ sentAt }) => sentAt)) {
      assert.equal(sentAt, sent.get(id) ?? sentAt, `${id} was fired once`);
      sent.set(id, sentAt);
    }
  }
  same(sent.keys(), book.lines().map(([id]) => id), "the fires in the feed");
  for (const [id, own] of book.orders) same(linesOf(last.get(id).items), booked(own), `the lines of ${id} in the feed`);
  return feed;
}
