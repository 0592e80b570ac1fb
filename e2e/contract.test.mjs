// The outside contract as a stranger's program meets it: REST over the real hub, nothing of ours in between.
import assert from "node:assert/strict";
import { createPublicKey, randomUUID, verify } from "node:crypto";
import { after, before, describe, test } from "node:test";
import { startHub } from "./lib/hub.mjs";
import { until } from "./lib/until.mjs";

let hub;
const tokens = {};
before(async () => {
  hub = await startHub({ days: 7 });
  for (const who of ["admin", "manager", "ana", "ben", "kitchen"]) {
    const body = { username: who, password: `demo-${who}` };
    tokens[who] = (await call("POST", "/auth/login", { body, status: 200 })).json.accessToken;
  }
});
after(() => hub.stop());

async function call(method, path, { as, token, body, raw, headers = {}, status } = {}) {
  const bearer = token ?? tokens[as];
  const answer = await fetch(path.startsWith("/api") || path.startsWith("!") ? hub.url + path.replace("!", "") : `${hub.url}/api/v1${path}`, {
    method,
    headers: {
      ...(bearer ? { authorization: `Bearer ${bearer}` } : {}),
      ...(body !== undefined || raw !== undefined ? { "content-type": "application/json" } : {}),
      ...headers,
    },
    body: raw ?? (body === undefined ? undefined : JSON.stringify(body)),
  });
  const text = await answer.text();
  const type = answer.headers.get("content-type") ?? "";
  const json = type.includes("json") && text ? JSON.parse(text) : undefined;
  if (status !== undefined) assert.equal(answer.status, status, `${method} ${path} → ${answer.status} ${text.slice(0, 600)}`);
  assert.notEqual(answer.status, 500, `${method} ${path}: ${text}`);
  return { status: answer.status, json, text, headers: answer.headers, type };
}

// Every page of a list.
async function everything(path, as) {
  const items = [];
  for (let after = ""; after !== null; ) {
    const page = await call("GET", `${path}&limit=200${after && `&after=${encodeURIComponent(after)}`}`, { as, status: 200 });
    items.push(...page.json.items);
    after = page.json.next;
  }
  return items;
}

const keys = (thing, names, what) => {
  for (const name of names.split(" ")) assert.ok(name in thing, `${what} has no ${name}: ${JSON.stringify(thing)}`);
};
const USER = "id username fullName role isActive createdAt updatedAt";
const TABLE = "id name room seats status orderIds";
const DISH =
  "id categoryId name kitchenName description price taxRate allergens available remaining modifierGroupIds stations";
const ORDER =
  "id number tableId tableName guests status items subtotal discount serviceCharge tax total paid due currency openedBy openedByName openedAt updatedAt revision";
const ITEM =
  "id dishId name quantity unitPrice modifiers note seat course status total createdBy createdByName sentAt";
const TICKET = "id orderId number tableName station course by byName firedAt status lines";
const TICKET_LINE = "itemId name quantity modifiers note seat allergens status";
const BILL =
  "id orderId tableName number status lines subtotal discount serviceCharge taxes total tips paid due payments currency";
const PAYMENT = "id method amount tip tendered change status by byName at";
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

function problem(answer, status, code, field) {
  assert.equal(answer.status, status, answer.text.slice(0, 400));
  assert.match(answer.type, /application\/problem\+json/);
  keys(answer.json, "type title status code detail requestId", "a problem");
  assert.equal(answer.json.status, status);
  if (code) assert.equal(answer.json.code, code, answer.text);
  if (field !== undefined) {
    const fields = (answer.json.errors ?? []).map((error) => error.field);
    assert.ok(fields.some((named) => named === field || named.startsWith(`${field}[`)), `errors name ${fields}, not ${field}: ${answer.text}`);
    for (const error of answer.json.errors) keys(error, "field code message", "an error");
  }
}

let plain; // dishes that need no choice and have no count
async function dishes() {
  if (!plain) {
    const menu = (await call("GET", "/menu", { as: "ana", status: 200 })).json;
    plain = menu.dishes.filter((d) => d.modifierGroupIds.length === 0 && d.remaining === null && d.available);
    assert.ok(plain.length >= 5, "at least five dishes need no choice and have no count");
  }
  return plain;
}
async function freeTable() {
  const { items } = (await call("GET", "/tables?limit=200", { as: "ana", status: 200 })).json;
  const free = items.find((table) => table.status === "free");
  assert.ok(free, "a free table");
  return free;
}
async function order({ count = 2, send = true, as = "ana" } = {}) {
  const [table, all] = [await freeTable(), await dishes()];
  const items = all.slice(0, count).map((dish) => ({ dishId: dish.id, quantity: 1 }));
  return (await call("POST", "/orders", { as, body: { tableId: table.id, guests: 2, items, send }, status: 201 })).json;
}

describe("people", () => {
  test("sign in, and get a token that anybody can verify", async () => {
    const body = { username: "ana", password: "demo-ana" };
    const { json } = await call("POST", "/auth/login", { body, status: 200 });
    keys(json, "accessToken refreshToken expiresIn user", "a sign-in");
    keys(json.user, USER, "a user");
    assert.equal(json.user.role, "staff");
    assert.match(json.user.createdAt, TIME);
    const [head, claims, signature] = json.accessToken.split(".");
    const header = JSON.parse(Buffer.from(head, "base64url"));
    assert.equal(header.alg, "ES256");
    const { keys: jwks } = (await call("GET", "/auth/jwks.json", { status: 200 })).json;
    const jwk = jwks.find((key) => key.kid === header.kid);
    const key = createPublicKey({ key: jwk, format: "jwk" });
    const signed = Buffer.from(`${head}.${claims}`);
    assert.ok(verify("sha256", signed, { key, dsaEncoding: "ieee-p1363" }, Buffer.from(signature, "base64url")));
    const said = JSON.parse(Buffer.from(claims, "base64url"));
    keys(said, "sub sid username role restaurantId exp iat iss aud", "claims");
    assert.equal(said.exp - said.iat, 900);
    assert.ok(Math.abs(json.expiresIn - 900) < 5);
  });

  test("are told no more than that it was wrong", async () => {
    problem(await call("POST", "/auth/login", { body: { username: "ana", password: "wrong-one" } }), 401);
    problem(await call("POST", "/auth/login", { body: { username: "nobody", password: "wrong-one" } }), 401);
    problem(await call("POST", "/auth/login", { body: { username: "ana" } }), 400, undefined, "password");
    problem(await call("POST", "/auth/login", { body: { username: "ana", password: 7 } }), 400, undefined, "password");
    problem(await call("POST", "/auth/login", { body: { username: "ana", password: "demo-ana", x: 1 } }), 400, undefined, "x");
  });

  test("rotate their refresh tokens, and one used twice ends them all", async () => {
    const body = { username: "ben", password: "demo-ben" };
    const first = (await call("POST", "/auth/login", { body, status: 200 })).json;
    const second = (await call("POST", "/auth/refresh", { body: { refreshToken: first.refreshToken }, status: 200 })).json;
    assert.notEqual(second.refreshToken, first.refreshToken);
    await call("GET", "/auth/profile", { token: second.accessToken, status: 200 });
    problem(await call("POST", "/auth/refresh", { body: { refreshToken: first.refreshToken } }), 401);
    problem(await call("POST", "/auth/refresh", { body: { refreshToken: second.refreshToken } }), 401);
    await until(async () => (await call("GET", "/auth/profile", { token: second.accessToken })).status === 401);
  });

  test("sign out", async () => {
    const body = { username: "ben", password: "demo-ben" };
    const { accessToken, refreshToken } = (await call("POST", "/auth/login", { body, status: 200 })).json;
    await call("POST", "/auth/logout", { token: accessToken, status: 204 });
    problem(await call("GET", "/auth/profile", { token: accessToken }), 401);
    problem(await call("POST", "/auth/refresh", { body: { refreshToken } }), 401);
  });

  test("are made, changed and sent away by an admin, and change their own name and password", async () => {
    const body = { username: "cleo", password: "cleo-cleo", fullName: "Cleo", role: "staff" };
    problem(await call("POST", "/auth/register", { body }), 401);
    problem(await call("POST", "/auth/register", { as: "manager", body }), 403);
    problem(await call("POST", "/auth/register", { as: "admin", body: { ...body, role: "boss" } }), 422, undefined, "role");
    problem(await call("POST", "/auth/register", { as: "admin", body: { ...body, password: "short" } }), 422, undefined, "password");
    const made = await call("POST", "/auth/register", { as: "admin", body, status: 201 });
    keys(made.json, USER, "a user");
    problem(await call("POST", "/auth/register", { as: "admin", body }), 409);
    const login = (password) => call("POST", "/auth/login", { body: { username: "cleo", password } });
    const token = (await login("cleo-cleo")).json.accessToken;
    const me = await call("PATCH", "/auth/profile", { token, body: { fullName: "Cleo C." }, status: 200 });
    assert.equal(me.json.fullName, "Cleo C.");
    const wrong = { password: "new-password", currentPassword: "not-this-one" };
    assert.ok([401, 403, 409, 422].includes((await call("PATCH", "/auth/profile", { token, body: wrong })).status));
    const right = { password: "new-password", currentPassword: "cleo-cleo" };
    await call("PATCH", "/auth/profile", { token, body: right, status: 200 });
    assert.equal((await login("cleo-cleo")).status, 401);
    const again = (await login("new-password")).json.accessToken;
    const gone = await call("PATCH", `/auth/users/${made.json.id}`, { as: "admin", body: { isActive: false }, status: 200 });
    assert.equal(gone.json.isActive, false);
    await until(async () => (await call("GET", "/auth/profile", { token: again })).status === 401);
    assert.equal((await login("new-password")).status, 401);
    const { items } = (await call("GET", "/auth/users?limit=2", { as: "admin", status: 200 })).json;
    assert.equal(items.length, 2);
    problem(await call("GET", "/auth/users", { as: "manager" }), 403);
    const admin = (await call("GET", "/auth/profile", { as: "admin", status: 200 })).json;
    problem(await call("PATCH", `/auth/users/${admin.id}`, { as: "admin", body: { role: "staff" } }), 409, "last_admin");
  });
});

describe("devices", () => {
  test("are enrolled with a code that is good once, sign people in by PIN, and are revoked", async () => {
    problem(await call("POST", "/devices/codes", { as: "ana", body: { kind: "waiter" } }), 403);
    const { code, expiresAt } = (await call("POST", "/devices/codes", { as: "manager", body: { kind: "waiter" } })).json;
    assert.match(expiresAt, TIME);
    const body = { name: "Stranger", kind: "waiter", code };
    const enrolled = (await call("POST", "/devices/enrol", { body, status: 201 })).json;
    keys(enrolled, "deviceId deviceToken restaurantId", "an enrolment");
    assert.ok([401, 403, 409, 422].includes((await call("POST", "/devices/enrol", { body })).status));
    const token = enrolled.deviceToken;
    problem(await call("GET", "/orders", { token }), 403);
    problem(await call("POST", "/sync/pull", { as: "ana", body: {} }), 403);
    const signed = (await call("POST", "/auth/pin", { token, body: { username: "ana", pin: "3001" }, status: 200 })).json;
    keys(signed, "accessToken refreshToken expiresIn user", "a sign-in");
    const claims = JSON.parse(Buffer.from(signed.accessToken.split(".")[1], "base64url"));
    assert.equal(claims.deviceId, enrolled.deviceId);
    await call("GET", "/orders", { token: signed.accessToken, status: 200 });
    problem(await call("POST", "/auth/pin", { token, body: { username: "ana", pin: "0000" } }), 401);
    const boss = (await call("POST", "/auth/pin", { token, body: { username: "admin", pin: "1000" }, status: 200 })).json;
    problem(await call("GET", "/auth/users", { token: boss.accessToken }), 403);
    const { items } = (await call("GET", "/devices?limit=200", { as: "manager", status: 200 })).json;
    assert.ok(items.some((device) => device.id === enrolled.deviceId));
    const path = `/devices/${enrolled.deviceId}`;
    const named = await call("PATCH", path, { as: "admin", body: { name: "Terrace" }, status: 200 });
    assert.equal(named.json.name, "Terrace");
    await call("DELETE", path, { as: "admin", status: 204 });
    await until(async () => (await call("GET", "/orders", { token: signed.accessToken })).status === 401);
    problem(await call("POST", "/auth/pin", { token, body: { username: "ana", pin: "3001" } }), 401);
  });

  test("of a kitchen make a cook of everybody", async () => {
    const body = { name: "Pass", kind: "kitchen" };
    const { deviceToken } = (await call("POST", "/devices/enrol", { as: "manager", body, status: 201 })).json;
    const pin = { username: "manager", pin: "2000" };
    const signed = (await call("POST", "/auth/pin", { token: deviceToken, body: pin, status: 200 })).json;
    problem(await call("POST", "/orders", { token: signed.accessToken, body: {} }), 403);
    problem(await call("GET", "/reports/sales?from=2026-01-01&to=2026-01-02", { token: signed.accessToken }), 403);
    await call("GET", "/kitchen/tickets", { token: signed.accessToken, status: 200 });
  });
});

describe("settings, floor and menu", () => {
  test("settings are read by all and changed by an admin", async () => {
    const { json } = await call("GET", "/settings", { as: "kitchen", status: 200 });
    keys(json, "name currency zone language dayStart pricesIncludeTax", "settings");
    assert.equal(json.currency, "EUR");
    assert.equal(json.pricesIncludeTax, true);
    problem(await call("PATCH", "/settings", { as: "manager", body: { name: "x" } }), 403);
    const changed = await call("PATCH", "/settings", { as: "admin", body: { name: "Osteria Nuova" }, status: 200 });
    assert.equal(changed.json.name, "Osteria Nuova");
    problem(await call("PATCH", "/settings", { as: "admin", body: { zone: "Mars/Olympus" } }), 422, undefined, "zone");
    problem(await call("PATCH", "/settings", { as: "admin", body: { dayStart: "25:00" } }), 422, undefined, "dayStart");
    problem(await call("PATCH", "/settings", { as: "admin", body: { dayStart: 4 } }), 400, undefined, "dayStart");
    problem(await call("PATCH", "/settings", { as: "admin", body: { currency: "CHF" } }), 409);
  });

  test("a table is made, changed, and removed when nobody sits there", async () => {
    problem(await call("POST", "/tables", { as: "ana", body: { name: "N1", room: "Yard", seats: 4 } }), 403);
    const body = { name: "N1", room: "Yard", seats: 4 };
    const made = await call("POST", "/tables", { as: "admin", body, status: 201 });
    keys(made.json, TABLE, "a table");
    assert.equal(made.headers.get("location"), `/api/v1/tables/${made.json.id}`);
    assert.equal(made.json.status, "free");
    const path = `/tables/${made.json.id}`;
    const changed = await call("PATCH", path, { as: "admin", body: { seats: 6, room: "Hall" }, status: 200 });
    assert.deepEqual([changed.json.seats, changed.json.room], [6, "Hall"]);
    const open = { tableId: made.json.id, guests: 2, items: [] };
    const check = (await call("POST", "/orders", { as: "ana", body: open, status: 201 })).json;
    assert.equal((await call("GET", path, { as: "ana", status: 200 })).json.status, "occupied");
    assert.deepEqual((await call("GET", path, { as: "ana", status: 200 })).json.orderIds, [check.id]);
    problem(await call("DELETE", path, { as: "admin" }), 409, "in_use");
    await call("PATCH", `/orders/${check.id}/status`, { as: "ana", body: { status: "cancelled" }, status: 200 });
    await call("DELETE", path, { as: "admin", status: 204 });
    problem(await call("GET", path, { as: "ana" }), 404);
    problem(await call("POST", "/orders", { as: "ana", body: open }), 422, undefined, "tableId");
    problem(await call("POST", "/tables", { as: "admin", body: { ...body, seats: 0 } }), 422, undefined, "seats");
    problem(await call("POST", "/tables", { as: "admin", body: { name: "", room: "Yard", seats: 2 } }), 422, undefined, "name");
  });

  test("the menu is edited piece by piece, and its whole has an ETag", async () => {
    const whole = await call("GET", "/menu", { as: "kitchen", status: 200 });
    const etag = whole.headers.get("etag");
    assert.ok(etag);
    await call("GET", "/menu", { as: "kitchen", headers: { "if-none-match": etag }, status: 304 });
    assert.ok(!("price" in whole.json.dishes[0]), "a kitchen sees no money");
    const category = (await call("POST", "/menu/categories", { as: "admin", body: { name: "Specials" }, status: 201 })).json;
    keys(category, "id name position", "a category");
    const options = [{ name: "Rare", price: 0 }, { name: "With truffle", price: 450 }];
    const group = (
      await call("POST", "/menu/modifier-groups", { as: "admin", body: { name: "How", min: 1, max: 1, options }, status: 201 })
    ).json;
    keys(group, "id name min max options", "a group");
    const least = { categoryId: category.id, name: "Onglet", price: 2150 };
    const made = await call("POST", "/menu/dishes", { as: "admin", body: least, status: 201 });
    keys(made.json, DISH, "a dish");
    assert.deepEqual([made.json.taxRate, made.json.stations, made.json.available], ["0", ["kitchen"], true]);
    const path = `/menu/dishes/${made.json.id}`;
    const body = { modifierGroupIds: [group.id], taxRate: "8.875", kitchenName: "ONG" };
    assert.equal((await call("PATCH", path, { as: "admin", body, status: 200 })).json.taxRate, "8.875");
    assert.notEqual((await call("GET", "/menu", { as: "kitchen", status: 200 })).headers.get("etag"), etag);
    problem(await call("PATCH", path, { as: "admin", body: { taxRate: "abc" } }), 422, undefined, "taxRate");
    problem(await call("PATCH", path, { as: "admin", body: { price: -1 } }), 422, undefined, "price");
    problem(await call("PATCH", path, { as: "admin", body: { categoryId: randomUUID() } }), 422, undefined, "categoryId");
    problem(await call("POST", "/menu/dishes", { as: "admin", body: { name: "x", price: 1 } }), 400, undefined, "categoryId");
    problem(await call("DELETE", `/menu/categories/${category.id}`, { as: "admin" }), 409, "in_use");
    problem(await call("DELETE", `/menu/modifier-groups/${group.id}`, { as: "admin" }), 409, "in_use");

    const table = await freeTable();
    const item = (modifiers) => ({ tableId: table.id, guests: 1, items: [{ dishId: made.json.id, quantity: 2, modifiers }] });
    problem(await call("POST", "/orders", { as: "ana", body: item([]) }), 422, undefined, "items[0].modifiers");
    const truffle = group.options[1].id;
    const both = group.options.map((option) => option.id);
    problem(await call("POST", "/orders", { as: "ana", body: item(both) }), 422, undefined, "items[0].modifiers");
    const ordered = (await call("POST", "/orders", { as: "ana", body: item([truffle]), status: 201 })).json;
    keys(ordered.items[0].modifiers[0], "id name price", "a modifier");
    assert.equal(ordered.items[0].total, 2 * (2150 + 450));
    assert.equal(ordered.total, 5200);

    problem(await call("PATCH", `${path}/availability`, { as: "ana", body: { available: false } }), 403);
    await call("PATCH", `${path}/availability`, { as: "kitchen", body: { available: true, remaining: 1 }, status: 200 });
    problem(await call("POST", `/orders/${ordered.id}/items`, { as: "ana", body: { items: item([truffle]).items } }), 409, "dish_unavailable");
    await call("PATCH", `${path}/availability`, { as: "kitchen", body: { available: false }, status: 200 });
    const one = { items: [{ ...item([truffle]).items[0], quantity: 1 }] };
    problem(await call("POST", `/orders/${ordered.id}/items`, { as: "ana", body: one }), 409, "dish_unavailable");
    await call("PATCH", `/orders/${ordered.id}/status`, { as: "ana", body: { status: "cancelled" }, status: 200 });
    await call("DELETE", path, { as: "admin", status: 204 });
    await call("DELETE", `/menu/categories/${category.id}`, { as: "admin", status: 204 });
    await call("DELETE", `/menu/modifier-groups/${group.id}`, { as: "admin", status: 204 });
  });

  test("lists come in pages", async () => {
    const first = (await call("GET", "/menu/dishes?limit=3", { as: "ana", status: 200 })).json;
    assert.equal(first.items.length, 3);
    const second = (await call("GET", `/menu/dishes?limit=3&after=${encodeURIComponent(first.next)}`, { as: "ana", status: 200 })).json;
    assert.ok(second.items.every((dish) => !first.items.some((other) => other.id === dish.id)));
    for (const bad of ["limit=0", "limit=201", "limit=x", "after=nonsense", "nosuch=1"]) {
      problem(await call("GET", `/menu/dishes?${bad}`, { as: "ana" }), 400);
    }
  });
});

describe("an evening by REST", () => {
  test("from the first dish to the day's figures", async () => {
    const [table, all] = [await freeTable(), await dishes()];
    const items = all.slice(0, 3).map((dish, n) => ({ dishId: dish.id, quantity: n + 1, note: n ? null : "no salt", seat: n + 1 }));
    const opened = await call("POST", "/orders", { as: "ana", body: { tableId: table.id, guests: 2, items }, status: 201 });
    assert.equal(opened.headers.get("location"), `/api/v1/orders/${opened.json.id}`);
    keys(opened.json, ORDER, "an order");
    keys(opened.json.items[0], ITEM, "an item");
    assert.deepEqual([opened.json.status, opened.json.items[0].status, opened.json.items[0].course], ["open", "draft", 1]);
    assert.match(opened.json.id, UUID);
    const total = all[0].price + 2 * all[1].price + 3 * all[2].price;
    assert.deepEqual([opened.json.subtotal, opened.json.total, opened.json.due, opened.json.paid], [total, total, total, 0]);
    const path = `/orders/${opened.json.id}`;
    const [a, b, c] = opened.json.items;

    const changed = (await call("PATCH", `${path}/items/${c.id}`, { as: "ana", body: { quantity: 1, seat: null }, status: 200 })).json;
    assert.deepEqual([changed.items[2].quantity, changed.items[2].seat], [1, null]);
    const sent = (await call("POST", `${path}/send`, { as: "ana", status: 200 })).json;
    assert.equal(sent.status, "sent");
    assert.match(sent.items[0].sentAt, TIME);
    assert.deepEqual((await call("POST", `${path}/send`, { as: "ana", status: 200 })).json.revision, sent.revision);
    problem(await call("PATCH", `${path}/items/${a.id}`, { as: "ana", body: { quantity: 5 } }), 409, "already_sent");

    const tickets = (await call("GET", "/kitchen/tickets?limit=200", { as: "kitchen", status: 200 })).json.items;
    const mine = tickets.filter((ticket) => ticket.orderId === opened.json.id);
    keys(mine[0], TICKET, "a ticket");
    keys(mine[0].lines[0], TICKET_LINE, "a ticket's line");
    assert.equal(mine[0].status, "new");
    assert.ok(!JSON.stringify(mine).includes('"price"'));

    problem(await call("PATCH", `/kitchen/items/${a.id}`, { as: "ana", body: { status: "preparing" } }), 403);
    await call("PATCH", `/kitchen/items/${a.id}`, { as: "kitchen", body: { status: "preparing" }, status: 200 });
    problem(await call("PATCH", `/kitchen/items/${a.id}`, { as: "kitchen", body: { status: "served" } }), 422, undefined, "status");
    problem(await call("PATCH", `/kitchen/items/${randomUUID()}`, { as: "kitchen", body: { status: "ready" } }), 404);
    problem(await call("PATCH", `${path}/items/${a.id}`, { as: "ana", body: { status: "voided" } }), 422, undefined, "reason");
    problem(await call("PATCH", `${path}/items/${a.id}`, { as: "ana", body: { status: "voided", reason: "fell" } }), 403, "approval_required");
    const ready = (await call("PATCH", `/kitchen/items/${a.id}`, { as: "kitchen", body: { status: "ready" }, status: 200 })).json;
    assert.equal(ready.status, "ready");
    problem(await call("PATCH", `/kitchen/items/${a.id}`, { as: "kitchen", body: { status: "preparing" } }), 409);
    assert.equal((await call("GET", `/tables/${table.id}`, { as: "ana", status: 200 })).json.status, "ready");

    for (const ticket of mine) await call("POST", `/kitchen/tickets/${ticket.id}/bump`, { as: "kitchen", status: 200 });
    assert.equal((await call("GET", path, { as: "ana", status: 200 })).json.status, "ready");
    const board = (await call("GET", "/kitchen/tickets?limit=200", { as: "kitchen", status: 200 })).json.items;
    assert.ok(!board.some((ticket) => ticket.orderId === opened.json.id), "bumped tickets have left the board");
    const recalled = (await call("POST", `/kitchen/tickets/${mine[0].id}/recall`, { as: "kitchen", status: 200 })).json;
    assert.equal(recalled.status, "preparing");
    await call("POST", `/kitchen/tickets/${mine[0].id}/bump`, { as: "kitchen", status: 200 });
    const bumped = await everything("/kitchen/tickets?status=bumped", "kitchen");
    assert.ok(bumped.some((ticket) => ticket.id === mine[0].id));

    await call("PATCH", `${path}/items/${b.id}`, { as: "ana", body: { status: "served" }, status: 200 });
    const void_ = { status: "voided", reason: "never came" };
    const voided = (await call("PATCH", `${path}/items/${c.id}`, { as: "manager", body: void_, status: 200 })).json;
    assert.equal(voided.items[2].status, "voided");
    const left = all[0].price + 2 * all[1].price;
    assert.equal(voided.total, left);
    assert.equal((await call("PATCH", `${path}/status`, { as: "ana", body: { status: "served" }, status: 200 })).json.status, "served");

    const billed = await call("POST", "/billing/bills", { as: "ana", body: { orderId: opened.json.id }, status: 201 });
    keys(billed.json, BILL, "a bill");
    assert.deepEqual([billed.json.status, billed.json.total, billed.json.due, billed.json.number], ["open", left, left, null]);
    const twice = await call("POST", "/billing/bills", { as: "ana", body: { orderId: opened.json.id } });
    problem(twice, 409, "bill_exists");
    assert.equal(twice.json.billId, billed.json.id);
    assert.equal((await call("GET", `/tables/${table.id}`, { as: "ana", status: 200 })).json.status, "bill");
    const payments = `/billing/bills/${billed.json.id}/payments`;
    const pay = (body) => call("POST", payments, { as: "ana", body });
    problem(await pay({ method: "cash", amount: left + 1 }), 409, "overpayment");
    problem(await pay({ method: "cash", amount: left, tip: 100, tendered: left + 99 }), 422, undefined, "tendered");
    problem(await pay({ method: "shells", amount: left }), 422, undefined, "method");
    problem(await pay({ method: "cash", amount: -5 }), 422, undefined, "amount");
    problem(await pay({ method: "cash" }), 400, undefined, "amount");
    problem(await pay({ method: "cash", amount: 1.5 }), 400, undefined, "amount");
    const part = await pay({ method: "cash", amount: 100 });
    assert.equal(part.status, 201);
    keys(part.json, PAYMENT, "a payment");
    assert.equal((await call("GET", path, { as: "ana", status: 200 })).json.paid, 100);
    const id = randomUUID();
    const rest = await pay({ id, method: "cash", amount: left - 100, tip: 200, tendered: left + 1000 });
    assert.equal(rest.status, 201, rest.text);
    assert.deepEqual([rest.json.id, rest.json.change], [id, 900]);
    const done = (await call("GET", path, { as: "ana", status: 200 })).json;
    assert.deepEqual([done.status, done.due, done.paid], ["completed", 0, left]);
    assert.equal((await call("GET", `/tables/${table.id}`, { as: "ana", status: 200 })).json.status, "free");
    const bill = (await call("GET", `/billing/bills/${billed.json.id}`, { as: "manager", status: 200 })).json;
    assert.deepEqual([bill.status, bill.paid, bill.tips, bill.due], ["paid", left, 200, 0]);
    assert.ok(bill.number !== null);
    assert.equal(bill.taxes.reduce((sum, tax) => sum + tax.amount, 0), done.tax);
    problem(await pay({ method: "cash", amount: 1 }), 409);
    const receipt = await call("GET", `/billing/bills/${billed.json.id}/receipt`, { as: "ana", status: 200 });
    assert.match(receipt.type, /text\/html/);
    const escaped = all[0].name.replaceAll("&", "&amp;").replaceAll("'", "&#39;");
    assert.ok(receipt.text.includes(escaped), receipt.text);

    // Something more: the check opens again, and a supplementary bill takes it.
    const more = { items: [{ dishId: all[3].id, quantity: 1 }], send: true };
    const again = (await call("POST", `${path}/items`, { as: "ana", body: more, status: 201 })).json;
    assert.notEqual(again.status, "completed");
    assert.equal(again.due, all[3].price);
    const second = (await call("POST", "/billing/bills", { as: "ana", body: { orderId: opened.json.id }, status: 201 })).json;
    assert.equal(second.total, all[3].price);
    const last = { method: "cash", amount: all[3].price };
    await call("POST", `/billing/bills/${second.id}/payments`, { as: "ben", body: last, status: 201 });
    assert.equal((await call("GET", path, { as: "ana", status: 200 })).json.status, "completed");

    const today = await everything("/billing/bills?status=paid", "manager");
    assert.ok(today.some((paid) => paid.id === second.id));
  });

  test("days, bills and reports agree", async () => {
    const from = new Date(Date.now() - 12 * 86400e3).toISOString().slice(0, 10);
    const to = new Date(Date.now() + 86400e3).toISOString().slice(0, 10);
    const range = `from=${from}&to=${to}`;
    const bills = await everything(`/billing/bills?status=paid&${range}`, "manager");
    const sum = bills.reduce((sum, bill) => sum + bill.total, 0);
    assert.ok(bills.length > 20, "the demo has a week behind it");
    for (const by of ["day", "hour", "category", "dish", "waiter", "table", "tender"]) {
      const report = (await call("GET", `/reports/sales?${range}&by=${by}`, { as: "manager", status: 200 })).json;
      keys(report, "from to by currency items total", "a report");
      keys(report.total, "orders guests quantity gross discounts net tax tips", "a total");
      for (const item of report.items) keys(item, "key label orders guests quantity gross discounts net tax tips", "a row");
      assert.equal(report.total.net + report.total.tax, sum, by);
      const rows = report.items.reduce((sum, row) => sum + row.net + row.tax, 0);
      assert.equal(rows, sum, `the rows by ${by}`);
    }
    const best = (await call("GET", `/reports/best-sellers?${range}`, { as: "manager", status: 200 })).json;
    keys(best.items[0], "dishId name quantity net", "a best seller");
    const csv = await call("GET", `/reports/sales?${range}&by=day`, { as: "manager", headers: { accept: "text/csv" }, status: 200 });
    assert.match(csv.type, /text\/csv/);
    problem(await call("GET", `/reports/sales?${range}&by=moon`, { as: "manager" }), 400);
    problem(await call("GET", `/reports/sales?${range}&by=day`, { as: "ana" }), 403);
  });
});

describe("writes told twice", () => {
  test("are done once", async () => {
    const [table, all] = [await freeTable(), await dishes()];
    const body = { tableId: table.id, guests: 2, items: [{ dishId: all[0].id, quantity: 1 }] };
    const headers = { "idempotency-key": `k-${randomUUID()}` };
    const first = await call("POST", "/orders", { as: "ana", body, headers, status: 201 });
    const second = await call("POST", "/orders", { as: "ana", body, headers, status: 201 });
    assert.equal(second.text, first.text);
    assert.equal(second.headers.get("idempotency-replayed"), "true");
    assert.equal(first.headers.get("idempotency-replayed"), null);
    problem(await call("POST", "/orders", { as: "ana", body: { ...body, guests: 3 }, headers }), 409, "idempotency_key_reused");
    const other = await call("POST", "/orders", { as: "ben", body, headers, status: 201 });
    assert.notEqual(other.json.id, first.json.id);
    const key = { "idempotency-key": `k-${randomUUID()}` };
    const both = await Promise.all([1, 2, 3, 4].map(() => call("POST", "/orders", { as: "ana", body, headers: key, status: 201 })));
    assert.equal(new Set(both.map((answer) => answer.json.id)).size, 1);
    problem(await call("POST", "/orders", { as: "ana", body: { ...body, id: first.json.id } }), 409, "already_exists");
    problem(await call("POST", "/orders", { as: "ana", body, headers: { "idempotency-key": "ö".repeat(3) } }), 400);
    problem(await call("POST", "/orders", { as: "ana", body, headers: { "idempotency-key": "x".repeat(129) } }), 400);
  });
});

describe("what cannot be", () => {
  test("is named, whatever is wrong with it", async () => {
    const made = await order({ send: false });
    const line = made.items[0].id;
    const dish = (await dishes())[0].id;
    const good = { tableId: made.tableId, guests: 2, items: [{ dishId: dish, quantity: 1 }] };
    const item = (change) => ({ ...good, items: [{ ...good.items[0], ...change }] });
    const cases = [
      ["POST", "/orders", { ...good, guests: 0 }, 422, "guests"],
      ["POST", "/orders", { ...good, guests: 1000 }, 422, "guests"],
      ["POST", "/orders", { ...good, guests: "2" }, 400, "guests"],
      ["POST", "/orders", { ...good, guests: 2.5 }, 400, "guests"],
      ["POST", "/orders", { ...good, guests: undefined }, 400, "guests"],
      ["POST", "/orders", { ...good, tableId: "x" }, 422, "tableId"],
      ["POST", "/orders", { ...good, tableId: randomUUID() }, 422, "tableId"],
      ["POST", "/orders", { ...good, tableId: null }, 400, "tableId"],
      ["POST", "/orders", { ...good, id: "nope" }, 422, "id"],
      ["POST", "/orders", { ...good, more: 1 }, 400, "more"],
      ["POST", "/orders", { ...good, items: [], send: true }, 422, "items"],
      ["POST", "/orders", { ...good, items: Array(201).fill(good.items[0]) }, 422, "items"],
      ["POST", "/orders", item({ quantity: 0 }), 422, "items[0].quantity"],
      ["POST", "/orders", item({ quantity: 1000 }), 422, "items[0].quantity"],
      ["POST", "/orders", item({ quantity: 1e300 }), 422, "items[0].quantity"],
      ["POST", "/orders", item({ quantity: null }), 400, "items[0].quantity"],
      ["POST", "/orders", item({ dishId: randomUUID() }), 422, "items[0].dishId"],
      ["POST", "/orders", item({ dishId: 7 }), 400, "items[0].dishId"],
      ["POST", "/orders", item({ note: "a\u0000b" }), 422, "items[0].note"],
      ["POST", "/orders", item({ note: "n".repeat(501) }), 422, "items[0].note"],
      ["POST", "/orders", item({ seat: 100 }), 422, "items[0].seat"],
      ["POST", "/orders", item({ course: 10 }), 422, "items[0].course"],
      ["POST", "/orders", item({ modifiers: [randomUUID()] }), 422, "items[0].modifiers"],
      ["POST", "/orders", item({ modifiers: "x" }), 400, "items[0].modifiers"],
      ["POST", `/orders/${made.id}/items`, { items: [] }, 422, "items"],
      ["POST", `/orders/${made.id}/items`, {}, 400, "items"],
      ["PATCH", `/orders/${made.id}/items/${line}`, { quantity: -1 }, 422, "quantity"],
      ["PATCH", `/orders/${made.id}/items/${line}`, { status: "eaten" }, 422, "status"],
      ["PATCH", `/orders/${made.id}/items/${line}`, { color: "red" }, 400, "color"],
      ["PATCH", `/orders/${made.id}/status`, { status: "completed" }, 422, "status"],
      ["PATCH", `/orders/${made.id}/status`, {}, 400, "status"],
      ["POST", "/billing/bills", { orderId: randomUUID() }, 422, "orderId"],
      ["POST", "/billing/bills", {}, 400, "orderId"],
    ];
    for (const [method, path, body, status, field] of cases) {
      problem(await call(method, path, { as: "ana", body }), status, undefined, field);
    }
    const raw = [
      ["{", 400], ["", 400], ["[]", 400], ["null", 400], ['"x"', 400], ["{\"a\":".repeat(5000) + "1" + "}".repeat(5000), 400],
      [Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), 400], [JSON.stringify({ x: "y".repeat(1 << 20) }), 413],
    ];
    for (const [text, status] of raw) problem(await call("POST", "/orders", { as: "ana", raw: text }), status);
    problem(await call("POST", "/orders", { as: "ana", raw: "{}", headers: { "content-type": "text/plain" } }), 415);
    problem(await call("PUT", "/orders", { as: "ana", body: {} }), 405);
    problem(await call("GET", "/nothing/here", { as: "ana" }), 404);
    for (const path of ["/orders/x", `/orders/${randomUUID()}`, "/tables/%00", "/billing/bills/7", "/menu/dishes/x"]) {
      problem(await call("GET", path, { as: "ana" }), 404);
    }
    for (const query of ["status=eaten", "tableId=x", "since=yesterday", "what=1"]) {
      problem(await call("GET", `/orders?${query}`, { as: "ana" }), 400);
    }
    assert.equal((await call("GET", `/orders/${made.id}`, { as: "ana", status: 200 })).json.revision, made.revision);
  });

  test("is refused before it is read, where somebody may not", async () => {
    problem(await call("POST", "/orders", { raw: "{" }), 401);
    problem(await call("POST", "/orders", { as: "kitchen", raw: "{" }), 403);
    problem(await call("POST", "/orders", { token: "x.y.z", raw: "{" }), 401);
  });
});

describe("the program itself", () => {
  test("says how it is, what it offers and what it counts", async () => {
    const health = (await call("GET", "!/health", { status: 200 })).json;
    keys(health, "status version checks", "health");
    assert.deepEqual(health.checks, { database: "ok", kafka: "off" });
    await call("GET", "!/livez", { status: 200 });
    await call("GET", "!/readyz", { status: 200 });
    assert.match((await call("GET", "!/metrics", { status: 200 })).text, /^# (HELP|TYPE) /m);
    const openapi = (await call("GET", "/openapi.json", { status: 200 })).json;
    assert.match(openapi.openapi, /^3\.1/);
    const paths = Object.keys(openapi.paths);
    for (const path of ["/auth/login", "/orders", "/billing/bills/{id}/payments", "/reports/sales", "/menu/dishes/{id}"]) {
      assert.ok(paths.some((known) => known.endsWith(path)), `${path} is in the OpenAPI: ${paths}`);
    }
    assert.equal((await call("GET", "/asyncapi.json", { status: 200 })).json.asyncapi?.[0], "3");
    assert.match((await call("GET", "!/api/docs", { status: 200 })).type, /text\/html/);
    const id = `mine-${randomUUID()}`;
    const echoed = await call("GET", "/menu", { as: "ana", headers: { "x-request-id": id } });
    assert.equal(echoed.headers.get("x-request-id"), id);
  });

  test("tells its events to whoever polls", async () => {
    problem(await call("GET", "/events", { as: "ana" }), 403);
    const first = (await call("GET", "/events?limit=5", { as: "manager", status: 200 })).json;
    keys(first.items[0], "specversion id source type subject time datacontenttype data epoch seq position", "an event");
    assert.ok(first.next);
    const types = (await call("GET", "/events?limit=200&types=bill.completed", { as: "manager", status: 200 })).json;
    assert.ok(types.items.length > 0 && types.items.every((event) => event.type === "bill.completed"));
    keys(types.items[0].data, BILL, "the bill of an event");
    const paid = (await call("GET", "/events?limit=200&types=payment.processed", { as: "manager", status: 200 })).json;
    keys(paid.items[0].data, `${PAYMENT} billId orderId`, "the payment of an event");
  });
});
