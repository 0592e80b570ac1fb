// Stock Socket.IO clients and one that orders: how long until each client has heard of each order.
// glass.mjs URL hub|bare CLIENTS ORDERS-A-SECOND SECONDS; prints {p50, p99} in milliseconds, and holds its sockets until stdin ends.
import { createRequire } from "node:module";

const { io } = createRequire(new URL("../../../e2e/package.json", import.meta.url))("socket.io-client");
const [url, what, clients, orderly, seconds] = process.argv.slice(2);
const EVERY = 1000 / Number(orderly);

async function ask(method, path, token, body) {
  const headers = { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) };
  const answer = await fetch(url + path, { method, headers, body: body && JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}

const signIn = async (username) =>
  (await ask("POST", "/api/v1/auth/login", null, { username, password: `demo-${username}` })).accessToken;

// What the kitchen hears of a five-line order, as large as it is.
const like = (n) => ({
  seq: n,
  order: {
    id: `0198${"0".repeat(32 - String(n).length)}${n}`,
    items: Array.from({ length: 5 }, (_, at) => ({ id: `${n}.${at}`, name: "x".repeat(330), quantity: 1 })),
  },
});

const started = new Map();
const took = [];
const heard = ({ order }) => {
  const at = started.get(order.id);
  if (at !== undefined) took.push(performance.now() - at);
};

async function listen(token) {
  const socket = io(url, { transports: ["websocket"], auth: { token }, reconnection: false, forceNew: true });
  socket.on("order:new", heard);
  await new Promise((resolve, reject) => {
    socket.on("connect", resolve);
    socket.on("connect_error", reject);
  });
  return socket;
}

// An id that is drawn here, so that a client which hears of the order before its answer is counted too.
const id = () => crypto.randomUUID();

async function orders() {
  if (what === "bare") return { token: null, post: (n) => { const body = like(n); started.set(body.order.id, performance.now()); return ask("POST", "/orders", null, body); } };
  const [token, glass] = [await signIn("ana"), await signIn("kitchen")];
  const { items: tables } = await ask("GET", "/api/v1/tables?limit=200", token);
  const menu = await ask("GET", "/api/v1/menu", token);
  const dishes = menu.dishes.filter((dish) => dish.modifierGroupIds.length === 0 && dish.remaining === null).slice(0, 5);
  const items = dishes.map((dish) => ({ dishId: dish.id, quantity: 1 }));
  const post = (n) => {
    const body = { id: id(), tableId: tables[n % tables.length].id, guests: 2, items, send: true };
    started.set(body.id, performance.now());
    return ask("POST", "/api/v1/orders", token, body);
  };
  return { token: glass, post };
}

const { token, post } = await orders();
const sockets = [];
while (sockets.length < Number(clients)) {
  const some = Math.min(50, Number(clients) - sockets.length);
  sockets.push(...(await Promise.all(Array.from({ length: some }, () => listen(token)))));
}
const rounds = (Number(seconds) * 1000) / EVERY;
const WARM = Math.ceil(Number(orderly));
for (let n = 0; n < rounds + WARM; n += 1) {
  const next = performance.now() + EVERY;
  if (n === WARM) took.length = 0;
  await post(n);
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, next - performance.now())));
}
const all = () => took.length >= rounds * sockets.length;
for (let patience = 0; !all() && patience < 100; patience += 1) await new Promise((resolve) => setTimeout(resolve, 50));
if (!all()) throw new Error(`only ${took.length} of ${rounds * sockets.length} were heard`);
took.sort((a, b) => a - b);
const at = (percent) => took[Math.floor(((took.length - 1) * percent) / 100)];
console.log(JSON.stringify({ p50: at(50), p99: at(99) }));
process.stdin.on("end", () => process.exit(0)).resume();
