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

    test(`is refused a bad token by ${transport}`, async () => {
      const { socket, said } = await connect(transport, "bad");
      assert.equal(said, "unauthorized");
      socket.close();
    });
  }
});
