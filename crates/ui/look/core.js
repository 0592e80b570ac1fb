// A scripted device core behind window.comanda. The address says how the evening stands:
//   session=none|out   not enrolled, or nobody signed in      floor=empty   menu=empty   check=empty   cards=0
//   waiting=3  offline=2 (minutes)  trouble=disk_full  evictable=1  update=1  silent=1 (never answers)
const ask = new URLSearchParams(location.search);
const changed = new Set();
const notices = new Set();
let revision = 1;

const evening = fetch("/evening.json").then(async (response) => {
  const told = await response.json();
  const shift = Date.now() - told.now;
  // All moments of that evening move to this one.
  const move = (value) => {
    if (typeof value === "number") return Math.abs(value - told.now) < 86_400_000 ? value + shift : value;
    if (Array.isArray(value)) return value.map(move);
    if (value && typeof value === "object") return Object.fromEntries(Object.entries(value).map(([key, v]) => [key, move(v)]));
    return value;
  };
  const state = move(told);
  const { sync, session, floor, menu, check, attention } = state;
  if (ask.has("waiting")) Object.assign(sync, { waiting: Number(ask.get("waiting")), oldest: Date.now() - 134_000 });
  if (ask.has("offline")) Object.assign(sync, { link: { is: "offline", since: Date.now() - ask.get("offline") * 60_000 }, contact: Date.now() - ask.get("offline") * 60_000 });
  if (ask.has("trouble")) sync.trouble = { what: ask.get("trouble") };
  if (ask.has("evictable")) sync.evictable = true;
  if (ask.get("session") === "none") Object.assign(session, { device: null, person: null, people: [], restaurant: null });
  if (ask.get("session") === "out") session.person = null;
  if (ask.has("language")) session.restaurant.language = ask.get("language");
  if (ask.has("role")) session.person.role = ask.get("role");
  if (ask.get("floor") === "empty") Object.assign(floor, { tables: [], rooms: [], loose: [] });
  if (ask.get("menu") === "empty") Object.assign(menu, { dishes: [], categories: [] });
  if (ask.get("cards") === "0") attention.cards = [];
  if (ask.has("cards-on-check")) check.check.cards = attention.cards;
  if (ask.get("check") === "empty") Object.assign(check.check, { lines: [], send: [], tickets: 0, total: 0, people: ["Ana Lopez"] });
  if (ask.get("bill") === "none") Object.assign(state.bill.bill, { id: null, status: "none" });
  state.rest = ask.has("tickets") ? state.board.tickets.splice(Number(ask.get("tickets"))) : [];
  if (!state.board.tickets.length) state.board.all_day = [];
  return state;
});

function tell(...topics) {
  revision += 1;
  const json = JSON.stringify({ revision, topics });
  changed.forEach((callback) => callback(json));
}

// What a kitchen does, to the board and to the menu.
function cook({ board, menu }, { cmd_id, cmdId, kind, args }) {
  const lines = board.tickets.filter(({ order }) => order === args.order).flatMap((ticket) => ticket.lines.map((line) => ({ line, ticket })));
  const of = ({ line, ticket }) => line.id === args.line && (args.station ?? ticket.station) === ticket.station;
  const move = (from, to, is) => {
    const at = from.findIndex(is);
    if (at >= 0) to(from.splice(at, 1)[0]);
  };
  if (kind === "kitchen.advance" || kind === "kitchen.undo") lines.filter(of).forEach(({ line }) => (line.stage = args.to));
  if (kind === "kitchen.acknowledge")
    for (const ticket of board.tickets.filter(({ id }) => id === args.ticket)) ticket.lines = ticket.lines.filter(({ id }) => !args.lines.includes(id));
  if (kind === "kitchen.bump") move(board.tickets, (ticket) => board.bumped.unshift({ ticket, bump: cmdId ?? cmd_id, at: Date.now() }), ({ id }) => id === args.ticket);
  if (kind === "kitchen.recall")
    move(board.bumped, ({ ticket }) => board.tickets.unshift({ ...ticket, recalled: true, lines: ticket.lines.map((line) => ({ ...line, stage: "preparing" })) }), ({ bump }) => bump === args.bump);
  if (kind === "menu.set_availability") Object.assign(menu.dishes.find(({ id }) => id === args.dish), { available: args.available && args.remaining !== 0, remaining: args.remaining ?? null });
  tell({ topic: "board" }, { topic: "menu" });
  return { answer: "stored", outcome: "on_device" };
}

// The next ticket of the evening, or a void on the first: window.comanda.happens("ticket").
async function happens(what) {
  const { board, rest } = await evening;
  if (what === "ticket" && rest.length) board.tickets.push({ ...rest.shift(), firedAt: Date.now(), seen: false });
  if (what === "void") board.tickets[0].lines[0].voided = { at: Date.now(), acknowledged: false };
  tell({ topic: "board" });
}

function submit(state, submission) {
  const { kind, args } = submission;
  if (kind.startsWith("kitchen.") || kind === "menu.set_availability") return cook(state, submission);
  const check = state.check.check;
  if (kind === "orders.add")
    for (const line of args.lines) {
      const dish = state.menu.dishes.find((dish) => dish.id === line.dish);
      const options = state.menu.groups.flatMap((group) => group.options).filter(({ id }) => line.modifiers?.includes(id));
      const total = options.reduce((sum, option) => sum + option.price, dish.price) * line.quantity;
      check.lines.push({ id: line.id, dish: dish.id, name: dish.name, modifiers: options.map(({ name }) => name), void: "nothing", quantity: line.quantity, total, note: line.note ?? null, seat: line.seat ?? null, course: line.course ?? 1, by: "Ana Lopez", place: { is: "draft_here", since: Date.now() } });
      check.send.push({ line: line.id, quantity: line.quantity });
      check.total += total;
      check.tickets = 1;
    }
  if (kind === "orders.send")
    for (const { line } of args.lines) {
      check.lines.find(({ id }) => id === line).place = { is: "sending_here", since: Date.now() };
      check.send = check.send.filter((named) => named.line !== line);
    }
  if (kind === "orders.void")
    for (const part of args.lines) {
      const line = check.lines.find(({ id }) => id === part.line);
      if (line.void === "nothing") check.lines = check.lines.filter((other) => other !== line);
      else line.place = { is: "voided", at: Date.now(), by: "Ana Lopez", reason: args.reason };
      check.send = check.send.filter((named) => named.line !== part.line);
      line.void = null;
    }
  if (kind === "orders.serve")
    for (const line of check.lines.filter(({ id }) => args.lines.includes(id))) line.place = { is: "served", at: Date.now(), by: "Ana Lopez" };
  if (kind === "orders.change") {
    const line = check.lines.find(({ id }) => id === args.line);
    const named = check.send.find(({ line }) => line === args.line);
    if (args.quantity) Object.assign(line, { total: (line.total / line.quantity) * args.quantity.to, quantity: args.quantity.to });
    if (args.quantity && named) named.quantity = args.quantity.to;
    if (args.note) line.note = args.note.to;
    if (args.seat) line.seat = args.seat.to;
    if (args.course) line.course = args.course;
  }
  if (kind === "billing.open") Object.assign(state.bill.bill, { id: args.bill, status: "open" });
  if (kind === "billing.pay") {
    const bill = state.bill.bill;
    const change = (args.tendered ?? args.amount + args.tip) - args.amount - args.tip;
    bill.payments.push({ id: args.payment, method: args.method, amount: args.amount, tip: args.tip, tendered: args.tendered, change, by: "Ana Lopez", at: Date.now(), at_hub: false });
    bill.paid += args.amount;
    bill.due -= args.amount;
    if (bill.due === 0) bill.status = "paid";
  }
  if (kind === "notifications.clear") {
    state.attention.cards = state.attention.cards.filter(({ card }) => card.id !== args.card);
    tell({ topic: "attention" });
  }
  if (kind === "orders.name") check.name = args.name ?? null;
  if (kind === "orders.open") Object.assign(check, { order: args.order, number: null, guests: args.guests, lines: [], send: [], total: 0, openedAt: Date.now() });
  state.sync.waiting += 1;
  state.sync.oldest ??= Date.now();
  tell({ topic: "order", id: args.order }, { topic: "floor" }, { topic: "sync" });
  return { answer: "stored", outcome: "on_device" };
}

function session(state, request) {
  if (request.ask === "enrol") {
    if (request.code === "bad") return { answer: "refused", code: "bad_code" };
    state.session.device = { id: crypto.randomUUID(), name: request.name, kind: request.kind };
  }
  if (request.ask === "sign_in") {
    if (request.password === "bad") return { answer: "refused", code: "invalid_credentials" };
    state.session.person = { id: crypto.randomUUID(), username: request.username, name: "Ana Lopez", role: "staff", has_pin: true };
  }
  if (request.ask === "pin") {
    if (request.pin === "0000") return { answer: "refused", code: "wrong_pin" };
    state.session.person = state.session.people.find(({ id }) => id === request.person);
  }
  if (request.ask === "sign_out") state.session.person = null;
  tell({ topic: "session" });
  return { answer: "done" };
}

// What was done with any check, shortly.
function trail(at) {
  const none = { items: [], status: null, station: null, name: null, guests: null, number: null, method: null, amount: null, tip: null };
  const items = [{ id: "l", name: "Rib eye, 300 g", quantity: 2 }];
  const step = (id, kind, events, more) => ({ id, at, kind, byName: "Ana Lopez", approvedByName: null, deviceName: "Bar tablet", outcome: "applied", code: null, reason: null, events: events.map((event) => ({ ...none, ...event })), ...more });
  return [
    step("1", "orders.open", [{ kind: "order.opened", name: "T4", guests: 2 }, { kind: "lines.added", items }]),
    step("2", "orders.send", [{ kind: "lines.fired", items }]),
    step("3", "orders.void", [{ kind: "lines.voided", items }], { approvedByName: "Mia Conti", reason: "Guest complained" }),
    step("4", "billing.pay", [{ kind: "payment.taken", method: "cash", amount: 6400, tip: 200 }, { kind: "bill.paid", number: 31, amount: 6400 }]),
  ];
}

// What only the hub has, in the outside contract's shapes.
function fetched(state, { of, by, from }) {
  const figures = (orders, net) => ({ orders, guests: orders * 2, quantity: orders * 5, gross: net * 1.1, discounts: 0, net, tax: net / 10, tips: net / 20 });
  const sold = (label, orders) => ({ key: label, label, ...figures(orders, orders * 5200) });
  const labels = { day: ["2026-11-17", "2026-11-18", "2026-11-19", "2026-11-20", "2026-11-21"], hour: ["12:00", "13:00", "18:00", "19:00", "20:00"], category: ["Mains", "Wine", "Starters", "Pasta", "Desserts"], waiter: ["Ana Lopez", "Ben Adler"], tender: ["cash"] };
  const items = (labels[by] ?? ["Rib eye, 300 g", "Saffron risotto", "Burrata, peach & basil", "Tiramisù"]).map((label, at) => sold(label, [9, 14, 22, 31, 12][at]));
  const at = new Date().toISOString();
  const data = {
    sales: { from, to: from, by, currency: "EUR", items, total: figures(88, 457600) },
    best_sellers: { items: items.map(({ label, quantity, net }) => ({ dishId: label, name: label, quantity, net })) },
    trail: { items: trail(at) },
    bills: { items: [31, 30, null].map((number, at_) => ({ id: `b${at_}`, orderId: state.check.check.order, number, tableName: `T${at_ + 4}`, status: number ? "paid" : "open", lines: [{ name: "Rib eye, 300 g", quantity: 2, amount: 6400 }], total: 6400, paid: number ? 6400 : 0, due: number ? 0 : 6400, payments: number ? [{ id: "p", method: "cash", amount: 6400, tip: 200, change: 400, byName: "Ana Lopez", at }] : [] })), next: null },
    users: state.session.people.map(({ id, username, name, role }, at_) => ({ id, username, fullName: name, role, isActive: at_ !== 1 })),
    devices: { items: [["Bar tablet", "waiter", null], ["Kitchen wall", "kitchen", null], ["Old phone", "waiter", at]].map(([name, kind, revokedAt], at_) => ({ id: `d${at_}`, name, kind, revokedAt, lastSeenAt: at })), next: null },
  };
  return state.sync.link.is === "offline" ? { answer: "offline" } : { answer: "fetched", data: data[of] };
}

async function answer(request) {
  const state = await evening;
  if (ask.has("silent") && request.call === "submit") return new Promise(() => {});
  if (request.call === "submit") return submit(state, request);
  if (request.call === "session") return session(state, request);
  if (request.call === "seen") return { answer: "done" };
  if (request.call === "fetch") return fetched(state, request.what);
  if (request.call === "ask") return { answer: "fetched", data: { code: "K7PM-4QXD", expiresAt: new Date(Date.now() + 600_000).toISOString() } };
  const model = state[request.view.of];
  if (request.view.of === "board") {
    const here = ({ station }) => station === (request.view.station ?? station);
    return { answer: "view", revision, model: { ...model, tickets: model.tickets.filter(here), bumped: model.bumped.filter(({ ticket }) => here(ticket)) } };
  }
  // Any other check is one by another number.
  if (ask.has("each") && model.check && request.view.order !== model.check.order)
    return { answer: "view", revision, model: { ...model, check: { ...model.check, order: request.view.order, number: 28 } } };
  return { answer: "view", revision, model };
}

window.comanda = {
  host: "browser",
  build: "look",
  call: async (json) => JSON.stringify(await answer(JSON.parse(json))),
  listen: (callback) => (changed.add(callback), () => changed.delete(callback)),
  notices: (callback) => (notices.add(callback), ask.has("update") && setTimeout(() => callback('{"update":"ready"}'), 200), () => notices.delete(callback)),
  happens,
  activate: () => (document.title = "activated"),
};
