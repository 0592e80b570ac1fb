// Many screens listen at once, and one of them stops reading: everybody else hears each event once.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { connect as dial } from "node:net";
import { after, before, describe, test } from "node:test";
import { io } from "socket.io-client";
import { startHub } from "./lib/hub.mjs";
import { until } from "./lib/until.mjs";

const MANY = 200;
const ROUNDS = 60;

describe("many sockets", () => {
  let hub, token, table, dish;
  before(async () => {
    hub = await startHub();
    token = await hub.token("ana");
    const { items } = await hub.rest("GET", "/tables?limit=200");
    table = items.find(({ status }) => status === "free");
    const menu = await hub.rest("GET", "/menu");
    dish = menu.dishes.find(({ modifierGroupIds, remaining }) => modifierGroupIds.length === 0 && remaining === null);
  });
  after(() => hub.stop());

  async function listener(transport) {
    const socket = io(hub.url, { transports: [transport], auth: { token }, reconnection: false, forceNew: true });
    socket.heard = [];
    socket.on("order:new", ({ seq }) => socket.heard.push(seq));
    socket.on("order:update", ({ seq }) => socket.heard.push(seq));
    await new Promise((resolve, reject) => {
      socket.on("connect", resolve);
      socket.on("connect_error", reject);
    });
    return socket;
  }

  // A client that comes in properly and then never reads again.
  async function deaf() {
    const { hostname, port } = new URL(hub.url);
    const stream = dial(Number(port), hostname);
    const read = () => new Promise((resolve) => stream.once("data", (bytes) => resolve(bytes.toString("latin1"))));
    const key = randomBytes(16).toString("base64");
    stream.write(
      `GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: ${hostname}\r\nUpgrade: websocket\r\n` +
        `Connection: Upgrade\r\nSec-WebSocket-Key: ${key}\r\nSec-WebSocket-Version: 13\r\n\r\n`,
    );
    let said = await read();
    while (!said.includes('"sid"')) said += await read();
    const text = Buffer.from(`40${JSON.stringify({ token })}`);
    const head = Buffer.from([0x81, 0x80 | 126, text.length >> 8, text.length & 0xff, 0, 0, 0, 0]);
    stream.write(Buffer.concat([head, text]));
    said = await read();
    while (!said.includes("40{")) said += await read();
    stream.pause();
    return stream;
  }

  test("each hear each event once, though one of them reads no more", async () => {
    const sockets = await Promise.all(
      Array.from({ length: MANY }, (_, n) => listener(n % 4 === 0 ? "polling" : "websocket")),
    );
    const stalled = await deaf();
    const items = [{ dishId: dish.id, quantity: 1, note: "x".repeat(500) }];
    const order = await hub.rest("POST", "/orders", { as: "ana", body: { tableId: table.id, guests: 2, items, send: true } });
    for (let round = 1; round < ROUNDS; round += 1) {
      await hub.rest("POST", `/orders/${order.id}/items`, { as: "ana", body: { items } });
    }
    const all = () => sockets.every((socket) => socket.heard.length >= ROUNDS);
    const least = () => Math.min(...sockets.map((socket) => socket.heard.length));
    await until(all, { what: () => `all ${ROUNDS} events everywhere; the slowest has ${least()}`, within: 30_000 });
    for (const socket of sockets) {
      assert.equal(socket.heard.length, ROUNDS);
      assert.deepEqual(socket.heard, [...new Set(socket.heard)].sort((a, b) => a - b));
      socket.close();
    }
    stalled.destroy();
  });
});
