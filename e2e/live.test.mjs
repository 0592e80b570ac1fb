// The stock JavaScript Socket.IO client hears the service, over either transport alone.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { io } from "socket.io-client";
import { startHub } from "./lib/hub.mjs";
import { until } from "./lib/until.mjs";

describe("the stock Socket.IO client", () => {
  let hub;
  before(async () => (hub = await startHub()));
  after(() => hub.stop());

  async function connect(transport, token) {
    const socket = io(hub.url, { transports: [transport], auth: { token }, reconnection: false, forceNew: true });
    socket.heard = [];
    socket.onAny((name, data) => socket.heard.push({ name, ...data }));
    const said = await new Promise((resolve) => {
      socket.on("connect", () => resolve("connected"));
      socket.on("connect_error", (error) => resolve(error.message));
    });
    return { socket, said };
  }

  async function post(path, body, token) {
    const headers = { ...(body && { "content-type": "application/json" }), ...(token && { authorization: `Bearer ${token}` }) };
    const answer = await fetch(`${hub.url}/api/v1${path}`, { method: "POST", headers, body: JSON.stringify(body) });
    const text = await answer.text();
    assert.ok(answer.ok, `${path}: ${answer.status} ${text}`);
    return text && JSON.parse(text);
  }

  for (const transport of ["websocket", "polling"]) {
    test(`hears order:new, order:update and table:update by ${transport} alone`, async () => {
      const { socket, said } = await connect(transport, await hub.token("ana"));
      assert.equal(said, "connected");
      assert.equal(socket.io.engine.transport.name, transport);
      const { items: tables } = await hub.rest("GET", "/tables");
      const table = tables.find(({ orderIds, status }) => status === "free" && orderIds.length === 0);
      const menu = await hub.rest("GET", "/menu");
      const dish = menu.dishes.find(({ modifierGroupIds, remaining }) => modifierGroupIds.length === 0 && remaining === null);
      const items = [{ dishId: dish.id, quantity: 1 }];
      const order = await hub.rest("POST", "/orders", { as: "ana", body: { tableId: table.id, guests: 2, items, send: true } });
      await hub.rest("POST", `/orders/${order.id}/items`, { as: "ana", body: { items } }).catch(async (refused) => {
        throw refused;
      });
      const heard = (name) => socket.heard.find((event) => event.name === name);
      await until(() => heard("order:new") && heard("order:update") && heard("table:update"), { what: "all three events" });
      assert.equal(heard("order:new").order.id, order.id);
      assert.equal(heard("order:update").order.id, order.id);
      assert.equal(heard("table:update").table.id, table.id);
      assert.ok(heard("order:new").seq < heard("order:update").seq);
      assert.equal(socket.heard.filter(({ name }) => name === "order:new").length, 1);
      socket.close();
    });

    test(`hears bill:paid by ${transport} alone, and a device that the log has moved`, async () => {
      const device = await post("/devices/enrol", { name: "Tablet", kind: "waiter" });
      const [till, tablet] = [await connect(transport, await hub.token("manager")), await connect(transport, device.deviceToken)];
      assert.deepEqual([till.said, tablet.said], ["connected", "connected"]);
      const { items: tables } = await hub.rest("GET", "/tables");
      const menu = await hub.rest("GET", "/menu");
      const dish = menu.dishes.find(({ modifierGroupIds, remaining }) => modifierGroupIds.length === 0 && remaining === null);
      const items = [{ dishId: dish.id, quantity: 1 }];
      const order = await hub.rest("POST", "/orders", { as: "ana", body: { tableId: tables[0].id, guests: 2, items, send: true } });
      const bill = await hub.rest("POST", "/billing/bills", { as: "ana", body: { orderId: order.id } });
      await hub.rest("POST", `/billing/bills/${bill.id}/payments`, { as: "ana", body: { method: "cash", amount: bill.due } });
      const paid = await until(() => till.socket.heard.find(({ name }) => name === "bill:paid"));
      assert.deepEqual([paid.bill.id, paid.bill.status, paid.bill.paid], [bill.id, "paid", bill.due]);
      const poked = await until(() => tablet.socket.heard.filter(({ name }) => name === "sync:poke").find(({ seq }) => seq >= paid.seq));
      assert.ok(poked.epoch !== undefined);
      assert.equal(till.socket.heard.filter(({ name }) => name === "bill:paid").length, 1);
      // What a waiter's device hears beside that, a waiter hears.
      assert.ok(tablet.socket.heard.some(({ name }) => name === "bill:paid"));
      for (const { socket } of [till, tablet]) socket.close();
    });

    test(`is refused a bad token by ${transport}`, async () => {
      const { socket, said } = await connect(transport, "bad");
      assert.equal(said, "unauthorized");
      socket.close();
    });

    test(`is cut within a second by ${transport}, whyever its token is good no more`, async () => {
      const { items: people } = await hub.rest("GET", "/auth/users");
      const ben = people.find(({ username }) => username === "ben");
      const isActive = (isActive) => hub.rest("PATCH", `/auth/users/${ben.id}`, { body: { isActive } });
      const role = (role) => hub.rest("PATCH", `/auth/users/${ben.id}`, { body: { role } });
      const signIn = () => post("/auth/login", { username: "ben", password: "demo-ben" });
      const device = await post("/devices/enrol", { name: "Tablet", kind: "waiter" });
      const reasons = {
        "signed out": [(await signIn()).accessToken, (token) => post("/auth/logout", undefined, token)],
        revoked: [device.deviceToken, () => hub.rest("DELETE", `/devices/${device.deviceId}`)],
        "in another role": [(await signIn()).accessToken, () => role("manager"), () => role("staff")],
        deactivated: [(await signIn()).accessToken, () => isActive(false), () => isActive(true)],
      };
      for (const [why, [token, act, undo]] of Object.entries(reasons)) {
        const { socket, said } = await connect(transport, token);
        assert.equal(said, "connected", why);
        const ended = new Promise((resolve) => socket.on("disconnect", () => resolve(Date.now())));
        await act(token);
        const since = Date.now();
        const late = new Promise((resolve) => setTimeout(resolve, 5000, Infinity));
        const took = (await Promise.race([ended, late])) - since;
        assert.ok(took < 1000, `${why}: cut after ${took} ms`);
        const again = await connect(transport, token);
        assert.equal(again.said, "unauthorized", why);
        again.socket.close();
        await undo?.();
      }
    });
  }
});
