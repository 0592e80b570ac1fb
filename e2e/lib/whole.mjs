// One whole evening through the real parts: Ana's table at the screens of waiter and cook, from the first guest to the change,
// in a house full of other tables; with links that are cut and a hub that is killed; and the accounts at the end.
import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { agree } from "./accounts.mjs";
import { Book, cooks, waits } from "./crowd.mjs";
import { chance } from "./random.mjs";
import { until } from "./until.mjs";

const LONG = 30_000;
const TABLE = "T4";

// What the cook sees of Ana's table.
function atTheStove({ page }) {
  const ticket = page.getByRole("article", { name: new RegExp(`^${TABLE}`) });
  const dish = (name) => ticket.getByRole("button", { name }).first();
  // A ticket that leaves the board moves those behind it: who sees that a tap has hit nothing taps once more, and only then.
  const tap = (line, state) =>
    until(async () => {
      if (await dish(state).isVisible()) return true;
      await line.click({ timeout: 10_000 });
      await dish(state).waitFor({ timeout: 10_000 });
      return true;
    }, { within: 2 * LONG });
  const fresh = (name) => ticket.getByRole("button", { name: new RegExp(name) }).filter({ hasNotText: /Cooking|Ready/ }).first();
  return {
    starts: (name) => tap(fresh(name), new RegExp(`${name}.*Cooking`)),
    ends: (name) => tap(dish(new RegExp(`${name}.*Cooking`)), new RegExp(`${name}.*Ready`)),
    struck: (name) => dish(new RegExp(`${name}.*VOID`)).click({ timeout: LONG }),
    // A ticket is redrawn while it is reached for: then once more.
    bumpsAll: () =>
      until(async () => {
        const bump = page.getByRole("button", { name: `Bump ${TABLE}` }).first();
        if (await bump.isVisible()) await bump.click({ timeout: 2_000 });
        return (await ticket.count()) === 0;
      }, { within: LONG }),
  };
}

// The guests come, order, change their minds, pay and go. `lose` and `find` are what becomes of Ana's link in the middle.
async function anasTable({ ana, kitchen, book, lose, find }) {
  const cook = atTheStove(kitchen);
  const pick = async (dish, choices = []) => {
    await ana.search(dish);
    await ana.click(new RegExp(`^${dish}.* \\d+\\.\\d\\d`));
    for (const choice of choices) await ana.click(choice);
    await ana.says(dish, /./);
  };
  await ana.click(new RegExp(`^${TABLE} · `));
  await ana.click(/^2 guests$/);
  await pick("Rib eye", [/^Rare$/, /^Add 1/]);
  await pick("Tomato salad");
  await pick("Bread & butter");
  await ana.click(/Bread & butter/, "li.line button");
  await ana.type("Note to the kitchen", "warm");
  await ana.click(/^Save$/);
  await ana.says("Bread & butter", /warm/);
  await ana.click(/^Send 3$/);

  await kitchen.page.getByRole("article", { name: /^T4/ }).getByText("warm").first().waitFor({ timeout: LONG });
  for (const dish of ["Rib eye", "Tomato salad", "Bread & butter"]) {
    await cook.starts(dish);
    await cook.ends(dish);
    await ana.says(dish, /Ready to carry/);
  }
  await cook.bumpsAll();

  await pick("Soup of the day");
  await ana.click(/^Send 1$/);
  await cook.starts("Soup of the day");
  await ana.says("Soup of the day", /Being prepared/);
  lose?.();
  await ana.click(/Soup of the day/, "li.line button");
  await ana.click(/^Void…$/);
  await ana.click(/^Guest changed their mind$/);
  await ana.click(/^Marta Ruiz$/);
  for (const digit of "2000") await ana.click(new RegExp(`^${digit}$`), ".pad button");
  await ana.click(/^Void 1$/);
  await ana.says("Soup of the day", /Voided/);
  await pick("Gnocchi");
  await ana.click(/^Send 1$/);
  if (lose) await ana.says("Gnocchi", /NOT in the kitchen yet/);

  await ana.click(/^Bill$/);
  await ana.click(/^The guests ask for it$/);
  await ana.sees(/Bill asked|Open/);
  const check = (await ana.checks()).find(({ tableName }) => tableName === TABLE) ?? {};
  const own = book.order(check.order);
  for (const { id, quantity, place } of check.lines) own.lines.set(id, { quantity, voided: place.is === "voided" });
  const { id: bill, due } = (await ana.query({ of: "bill", order: check.order })).bill;
  own.bill = bill;
  for (const digits of ["1", "00", "00"]) await ana.click(new RegExp(`^${digits}$`), ".pad button");
  await ana.click(/^Take /);
  const euros = ((10_000 - due) / 100).toFixed(2);
  await ana.sees(new RegExp(`Change due €${euros.replace(".", "\\.")}`));
  const large = await ana.run("() => parseFloat(getComputedStyle(document.querySelector('.change')).fontSize)");
  assert.ok(large >= 40, `the change is ${large} px tall`);
  const paid = (await ana.query({ of: "bill", order: check.order })).bill;
  for (const { id, amount } of paid.payments) own.payments.set(id, amount);
  await ana.click(/^To the floor$/);
  await ana.click(new RegExp(`^${TABLE} · Free`), '[role="tabpanel"] button');
  find?.();

  await cook.struck("Soup of the day");
  await kitchen.page.getByRole("article", { name: /^T4/ }).getByText("Gnocchi").first().waitFor({ timeout: LONG });
  await cook.bumpsAll();
  return { order: check.order, lines: 5, due };
}

// The hub dies again and again, each time with something under way: after some more was done, and a moment later.
async function killer({ hub, devices, book, random, kills, cuts, told }) {
  for (let kill = 1; kill <= kills; kill += 1) {
    const from = book.stored + random.between(3, 12);
    book.most = from + 10;
    const flying = async () => (await Promise.all(devices.map((device) => device.sync()))).reduce((sum, { waiting }) => sum + waiting, 0);
    const online = async () => (await Promise.all(devices.map((device) => device.sync()))).some(({ link }) => link.is === "online");
    let waiting = 0;
    const more = () => (book.stored >= book.most ? (book.most += 5) : book.most);
    await until(async () => more() && (await online()) && book.stored >= from && (waiting = await flying()) > 0, { within: LONG });
    const moment = random.between(0, 40);
    const cut = cuts && random.in(0.6) ? random.one(devices) : null;
    cut?.net.cut();
    await pause(moment);
    await hub.kill();
    const url = await hub.startAgain();
    for (const { net } of devices) net.to(url);
    cut?.net.mend();
    told(`kill ${kill}: ${waiting} commands under way, ${moment} ms later${cut ? ", one device cut off" : ""}`);
  }
}

// Everything at once. `house` is { hub, ana, ben, marta, kitchen }.
export async function wholeEvening({ hub, ana, ben, marta, kitchen }, { seed, kills = 0, cuts = false, told }) {
  told(`COMANDA_SEED=${seed}`);
  const random = chance(seed);
  const [book, seen] = [new Book(), new Map()];
  let frame = true;
  let killing = true;
  let serving = true;
  const tables = (await marta.floor()).tables.filter(({ name }) => name !== TABLE).map(({ id }) => id);
  const { dishes, groups } = await marta.query({ of: "menu" });
  const free = (dish) => groups.every(({ id, min }) => min === 0 || !dish.groups.includes(id));
  const plain = dishes.filter((dish) => dish.available && dish.remaining === null && dish.stations.length === 1 && free(dish));
  const over = () => !frame && !killing;
  const crowd = (device, mayVoid) => waits(device, { book, tables, dishes: plain, random: chance(random.between(0, 2 ** 31)), mayVoid, over });
  const all = [ana, ben, marta, kitchen];
  const cook = cooks(kitchen, { seen, random, leaves: TABLE, over: () => over() && !serving });
  const anas = anasTable({ ana, kitchen, book, lose: cuts ? () => ana.net.cut() : undefined, find: cuts ? () => ana.net.mend() : undefined });
  // Whoever fails ends it for all.
  const ends = (what, then) => what.finally(then);
  const waiters = [crowd(ben, false), crowd(marta, true)];
  const work = [
    ends(anas, () => (frame = false)),
    ends(killer({ hub, devices: all, book, random, kills, cuts, told }), () => (killing = false)),
    ends(Promise.all(waiters).then(() => Promise.all([ana, ben, marta].map((device) => device.drained()))), () => (serving = false)),
    cook,
  ];
  const ended = await Promise.allSettled(work);
  for (const { reason } of ended) if (reason) throw reason;
  const feed = await agree({ hub, devices: [ana, ben, marta], kitchen, book, seen });
  told(`${book.orders.size} orders, ${book.lines().length} lines, ${seen.size} tickets, ${book.payments().length} payments, ${feed.length} records`);
  return { ...(await anas), feed, book, seen };
}
