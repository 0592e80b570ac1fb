// The rest of the house while a story goes on: waiters who order, send, void and take cash, and a cook who cooks it all,
// each on a device of their own over the same bridge as its screen; and the book of what their devices said was done.
import assert from "node:assert/strict";
import { id } from "./ids.mjs";
import { until } from "./until.mjs";

// What somebody was shown as done, by id.
export class Book {
  orders = new Map(); // order → { lines: id → {quantity, voided}, bill, payments: id → amount }
  stored = 0;
  // The house is not fuller than this: so many commands in all, until more guests are let in.
  most = 60;

  order(id) {
    if (!this.orders.has(id)) this.orders.set(id, { lines: new Map(), payments: new Map() });
    return this.orders.get(id);
  }

  lines = () => [...this.orders.values()].flatMap(({ lines }) => [...lines.entries()]);
  payments = () => [...this.orders.values()].flatMap(({ payments }) => [...payments.entries()]);
}

export async function does(device, book, kind, args) {
  const said = await device.ask({ call: "submit", cmdId: id(), kind, version: 1, args });
  assert.equal(said.answer, "stored", `${kind}: ${JSON.stringify(said)} of ${JSON.stringify(args)}`);
  book.stored += 1;
}

// One table after the other, from the first guest to the change, until it is over.
export async function waits(device, { book, tables, dishes, random, mayVoid, over }) {
  const line = () => ({ id: id(), dish: random.one(dishes).id, quantity: random.between(1, 3) });
  const orders = async (kind, order, args) => {
    await does(device, book, kind, { order, ...args });
    for (const { id, quantity } of args.lines) book.order(order).lines.set(id, { quantity });
  };
  const sends = async (order) => {
    const { send, tickets } = await device.check(order);
    await does(device, book, "orders.send", { order, lines: send, tickets: Array.from({ length: tickets }, id) });
  };
  while (!over()) {
    await until(() => over() || book.stored < book.most, { within: 60_000 });
    if (over()) return;
    const order = id();
    await orders("orders.open", order, { table: random.one(tables), guests: random.between(1, 6), lines: [line()] });
    if (random.in(0.5)) await orders("orders.add", order, { lines: [line(), { ...line(), note: "no salt", seat: 1 }] });
    await sends(order);
    const [first, ...others] = book.order(order).lines.keys();
    if (random.in(0.6)) {
      const more = line();
      await orders("orders.add", order, { lines: [more] });
      const quantity = { from: more.quantity, to: more.quantity + 1 };
      await does(device, book, "orders.change", { order, line: more.id, quantity });
      book.order(order).lines.set(more.id, { quantity: quantity.to });
      await sends(order);
    }
    if (mayVoid && others.length > 0) {
      await does(device, book, "orders.void", { order, lines: [{ line: first }], reason: "never came" });
      book.order(order).lines.get(first).voided = true;
    }
    await paysCash(device, { book, order, random });
  }
}

// In one sum or in two.
async function paysCash(device, { book, order, random }) {
  const bill = id();
  await does(device, book, "billing.open", { bill, order });
  book.order(order).bill = bill;
  const { due } = (await device.query({ of: "bill", order })).bill;
  const part = random.in(0.3) ? Math.floor(due / 2) : 0;
  for (const amount of [part, due - part].filter((amount) => amount > 0)) {
    const payment = id();
    await does(device, book, "billing.pay", { payment, order, bill, method: "cash", amount, tendered: amount + 500 });
    book.order(order).payments.set(payment, amount);
  }
}

// All but what stands on the tables that somebody else sees to; each ticket that was ever on the board is kept, with its lines.
export async function cooks(kitchen, { seen, random, leaves, over }) {
  const does = (kind, args) => kitchen.ask({ call: "submit", cmdId: id(), kind, version: 1, args });
  for (;;) {
    const last = over();
    const { tickets, bumped } = await kitchen.board();
    // One that somebody else has bumped meanwhile can still be called back: it was on the board too.
    for (const { id, lines } of [...tickets, ...bumped.map(({ ticket }) => ticket)]) {
      seen.set(id, [...new Set([...(seen.get(id) ?? []), ...lines.map(({ id }) => id)])]);
    }
    // Ten at once, so that whatever was bumped since the last look is still among the twenty that a board remembers.
    for (const { id: ticket, order, station, lines } of tickets.filter(({ table }) => table !== leaves).slice(0, 10)) {
      const [struck, there] = [lines.filter(({ voided }) => voided), lines.filter(({ voided }) => !voided)];
      if (struck.length > 0) await does("kitchen.acknowledge", { order, ticket, lines: struck.map(({ id }) => id) });
      // What is voided in this very moment is refused, and is seen struck through in the next.
      for (const line of there) {
        if (random.in(0.5)) await does("kitchen.advance", { order, line: line.id, station, to: "preparing" });
      }
      await does("kitchen.bump", { order, ticket });
    }
    if (last && tickets.every(({ table }) => table === leaves)) return;
    if (tickets.length === 0) await until(async () => over() || (await kitchen.board()).tickets.length > 0, { within: 60_000 });
  }
}
