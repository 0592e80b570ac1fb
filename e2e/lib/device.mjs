// One device: a browser of its own behind a network of its own, and what its core knows, asked over the bridge.
import { call, listen, open } from "./browser.mjs";
import { id } from "./ids.mjs";
import { proxyTo } from "./proxy.mjs";
import { until } from "./until.mjs";

export async function newDevice(browser, hub, { screen = "app", ...options } = {}) {
  const net = await proxyTo(hub.url);
  const context = await browser.newContext({ serviceWorkers: "allow", ...options });
  const address = screen === "kitchen" ? `${net.url}/kitchen/` : `${net.url}/`;
  const page = await open(context, address);
  return new Device(context, page, net, address);
}

export class Device {
  constructor(context, page, net, address) {
    Object.assign(this, { context, page, net, address });
  }

  query = async (view) => (await call(this.page, { call: "query", view })).model;
  sync = () => this.query({ of: "sync" });
  floor = () => this.query({ of: "floor" });
  board = () => this.query({ of: "board", station: null });
  check = async (order) => (await this.query({ of: "check", order })).check;
  attention = async () => (await this.query({ of: "attention" })).cards;
  session = () => this.query({ of: "session" });

  // In a demo a browser is enrolled by itself: the screen asks for it.
  async enrolled() {
    await until(async () => (await this.session()).people.length > 0, { what: "enrolled, with people" });
  }

  async signIn(username) {
    await this.enrolled();
    const said = await call(this.page, { call: "session", ask: "sign_in", username, password: `demo-${username}` });
    if (said.answer !== "done") throw new Error(`sign in: ${JSON.stringify(said)}`);
  }

  async table(name) {
    return (await this.floor()).tables.find((table) => table.name === name);
  }

  async dish(name) {
    return (await this.query({ of: "menu" })).dishes.find((dish) => dish.name.startsWith(name));
  }

  async submit(kind, args, cmdId = id()) {
    const said = await call(this.page, { call: "submit", cmdId, kind, version: 1, args });
    if (said.answer !== "stored") throw new Error(`${kind}: ${JSON.stringify(said)}`);
    return said;
  }

  async drained() {
    await until(async () => {
      const { link, waiting } = await this.sync();
      return link.is === "online" && waiting === 0;
    }, { what: "drained" });
  }

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
