// A restaurant of one's own, on a hub that was empty: founded, furnished and staffed over REST, and no demo of anything.
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { newDevice } from "./device.mjs";
import { id } from "./ids.mjs";
import { HUB, start } from "./program.mjs";
import { until } from "./until.mjs";

const ADMIN = { username: "rosa", password: "a good password", fullName: "Rosa Bianchi", role: "admin" };
const WAITER = { username: "luca", password: "another password", fullName: "Luca Conti", role: "staff" };
export const PIN = "2468";

export async function foundedHub() {
  const data = await mkdtemp(join(tmpdir(), "comanda-founded-"));
  const program = await start(HUB, ["serve"], { COMANDA_DATA: data, COMANDA_LISTEN: "127.0.0.1:0", RUST_LOG: "error" });
  let token;

  async function rest(method, path, body) {
    const headers = { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) };
    const answer = await fetch(`${program.url}/api/v1${path}`, { method, headers, body: body && JSON.stringify(body) });
    const text = await answer.text();
    assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${text}`);
    return text ? JSON.parse(text) : null;
  }

  await rest("POST", "/auth/register", ADMIN);
  token = (await rest("POST", "/auth/login", { username: ADMIN.username, password: ADMIN.password })).accessToken;
  await rest("PATCH", "/settings", { name: "Osteria Nuova", zone: "Europe/Rome" });
  for (const name of ["T1", "T2"]) await rest("POST", "/tables", { id: id(), name, room: "Hall", seats: 4 });
  const { id: categoryId } = await rest("POST", "/menu/categories", { name: "Pasta" });
  for (const [name, price] of [["Cacio e pepe", 1_250], ["Carbonara", 1_400]]) {
    await rest("POST", "/menu/dishes", { categoryId, name, price, stations: ["kitchen"] });
  }
  const waiter = await rest("POST", "/auth/register", WAITER);
  await rest("PATCH", `/auth/users/${waiter.id}`, { pin: PIN });

  return {
    url: program.url,
    rest,
    // A browser that has become a device of it, before anybody has signed in.
    async device(browser, options = {}) {
      const device = await newDevice(browser, { url: program.url }, { viewport: { width: 1180, height: 820 }, ...options });
      const { code } = await rest("POST", "/devices/codes", { kind: "waiter" });
      await device.page.getByRole("textbox", { name: "Name of this device" }).fill("Terrace");
      await device.page.getByRole("textbox", { name: "Code" }).fill(code);
      await device.button("Add device").click();
      await device.button(/Luca Conti/).waitFor();
      // Once it is a device its core begins anew on the restaurant's own database: what people show then is the new one's.
      await device.page.waitForFunction(() => localStorage["comanda-restaurant-app"]);
      await device.page.waitForFunction(() => window.heard.notices.some(({ core }) => core));
      await device.drained();
      await until(async () => (await device.who()).people.some(({ username, has_pin }) => username === WAITER.username && has_pin));
      return device;
    },
    async stop() {
      await program.stop();
      await rm(data, { recursive: true, force: true });
    },
  };
}
