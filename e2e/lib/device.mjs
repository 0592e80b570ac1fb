// One device: a browser of its own behind a network of its own, and what its core knows, asked over the bridge.
import { call, listen, open } from "./browser.mjs";
import { proxyTo } from "./proxy.mjs";
import { until } from "./until.mjs";

// A browser compiles the screens anew for each device: on a machine with much else to do that takes its time.
export const FIRST_LOAD = 40_000;

export async function newDevice(browser, hub, { screen = "app", ...options } = {}) {
  return deviceIn(await browser.newContext(options), await proxyTo(hub.url), screen);
}

export async function deviceIn(context, net, screen = "app") {
  // Long enough for a machine with much to do, short enough to be told of.
  context.setDefaultTimeout(30_000);
  const address = screen === "kitchen" ? `${net.url}/kitchen/` : `${net.url}/`;
  return new Device(context, await open(context, address), net, address);
}

// The first of a kind by what a person reads there, or is told by a screen reader.
export const FIND = `(kind, name) => [...document.querySelectorAll(kind)].find((one) => {
  const said = one.getAttribute("aria-label") ?? one.innerText;
  return one.checkVisibility() && new RegExp(name).test(said.replace(/\\s+/g, " ").trim());
})`;

// What a device's core knows and what its screen says, whatever it lives in: `ask` makes a bridge call, `run` a call in the page.
export class Asked {
  query = async (view) => (await this.ask({ call: "query", view })).model;
  sync = () => this.query({ of: "sync" });
  floor = () => this.query({ of: "floor" });
  board = () => this.query({ of: "board", station: null });
  check = async (order) => (await this.query({ of: "check", order })).check;
  attention = async () => (await this.query({ of: "attention" })).cards.map(({ card }) => card);
  who = () => this.query({ of: "session" });

  async table(name) {
    return (await this.floor()).tables.find((table) => table.name === name);
  }

  // The open checks, whole.
  async checks() {
    const { tables, loose } = await this.floor();
    const briefs = [...tables.flatMap((table) => table.checks), ...loose];
    return Promise.all(briefs.map(({ order }) => this.check(order)));
  }

  // What its core knows of its link and its queue.
  knows = (known) =>
    until(async () => {
      const sync = await this.sync();
      return known(sync) || Promise.reject(new Error(JSON.stringify(sync)));
    }, { what: `${known}` });

  // Says what it was not, where it was not.
  drained = () => this.knows(({ link, waiting }) => link.is === "online" && waiting === 0);

  sees = (text, within = 30_000) =>
    until(async () => {
      const all = await this.run("() => document.body.innerText");
      return text.test(all.replace(/\s+/g, " ")) || Promise.reject(new Error(all));
    }, { what: `${text} on the screen`, within });

  // For whoever reads of a failure: the device's own account, and its screen.
  async stands() {
    const [sync, said] = await Promise.all([this.sync(), this.run("() => document.body.innerText")]);
    return `${JSON.stringify(sync)}\n${said.replace(/\s+/g, " ")}`;
  }

  // A line of the check, by its dish and what it says of itself.
  says = (dish, state, within = 30_000) =>
    until(async () => {
      const lines = await this.run("() => [...document.querySelectorAll('li.line')].map((line) => line.innerText.replace(/\\s+/g, ' '))");
      return lines.some((line) => line.includes(dish) && state.test(line)) || Promise.reject(new Error(lines.join("; ")));
    }, { what: `${dish} ${state}`, within });
}

export class Device extends Asked {
  constructor(context, page, net, address) {
    super();
    Object.assign(this, { context, page, net, address });
  }

  ask = (request) => call(this.page, request);

  run = (script, ...args) => this.page.evaluate(`(${script})(...${JSON.stringify(args)})`);

  // What people do, by what they see; the first three as in the desktop window, for stories that are told in both.
  click = (name, kind = "button") =>
    until(async () => {
      const found = await this.page.evaluateHandle(`(${FIND})(${JSON.stringify(kind)}, ${JSON.stringify(name.source)})`);
      await found.asElement()?.click({ timeout: 2_000 });
      return found.asElement() !== null;
    }, { what: `${kind} ${name}`, within: 30_000 });
  type = (label, text) => this.page.getByLabel(label, { exact: true }).fill(text);
  search = (text) => this.page.getByRole("searchbox").fill(text);

  button = (name) => this.page.getByRole("button", { name });
  pill = () => this.page.getByRole("banner").getByRole("button", { name: /All sent|waiting|offline|Trouble|connecting|Starting/ });
  line = (dish) => this.page.getByRole("listitem").filter({ hasText: dish });

  async signIn(name) {
    const tile = this.button(new RegExp(`Sign in as ${name}|^${name}|\\b${name} `)).first();
    await tile.waitFor({ timeout: FIRST_LOAD });
    await tile.click();
    await this.button(new RegExp(`^${name}: sign out`)).waitFor();
  }

  async toFloor() {
    await this.button("Floor").click();
    await this.page.getByRole("heading", { name: "Floor" }).waitFor();
  }

  async openTable(table, guests) {
    await this.goTo(table);
    await this.page.getByRole("button", { name: guests === 1 ? "1 guest" : `${guests} guests`, exact: true }).click();
    await this.page.getByRole("complementary", { name: "Check" }).waitFor();
  }

  // On the plan or in the list, not in the bar of what needs somebody.
  place = (table, state = "") => this.page.getByRole("tabpanel").getByRole("button", { name: new RegExp(`^${table} · ${state}`) });
  goTo = (table) => this.place(table).click();

  async add(...dishes) {
    for (const dish of dishes) {
      await this.page.getByRole("searchbox").fill(dish);
      await this.button(new RegExp(`^${dish}.* \\d+\\.\\d\\d`)).click();
      await this.choose(dish);
      await this.page.getByRole("searchbox").fill("");
      await this.line(dish).first().waitFor();
    }
  }

  // What has to be chosen with a dish opens by itself: the first of each.
  async choose(dish) {
    const { dishes, groups } = await this.query({ of: "menu" });
    const named = dishes.find(({ name }) => name.startsWith(dish));
    const forced = groups.filter(({ id, min }) => min > 0 && named?.groups.includes(id));
    if (forced.length === 0) return;
    const sheet = this.page.getByRole("dialog", { name: named.name });
    for (const { options } of forced) await sheet.getByRole("button", { name: options[0].name, exact: true }).click();
    await sheet.getByRole("button", { name: /^Add 1/ }).click();
    await sheet.waitFor({ state: "detached" });
  }

  send = (count) => this.button(`Send ${count}`, { exact: true }).click();

  // From here on it opens without a hub.
  shell = () => this.page.waitForFunction(() => navigator.serviceWorker.controller);

  // As people do: another tab of the same browser.
  async newTab() {
    return new Device(this.context, await open(this.context, this.address), this.net, this.address);
  }

  async reload() {
    await this.page.reload();
    await listen(this.page);
  }

  async close() {
    await this.context.close();
    await this.net.close();
  }
}
