// The real hub, with a demo restaurant in a folder of its own; it can be killed and started again on the same data.
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HUB, ends, start } from "./program.mjs";
import { run } from "./server.mjs";
import { until } from "./until.mjs";

// `days` evenings lie behind the demo: none but where a story is about them, for they take a moment to be lived through.
// Its data lies in SQLite in its folder, or where `settings` say.
export async function startHub({ days = 0, settings = {} } = {}) {
  const data = await mkdtemp(join(tmpdir(), "comanda-hub-"));
  const env = { COMANDA_DEMO_DAYS: String(days), COMANDA_DATA: data, COMANDA_LISTEN: "127.0.0.1:0", RUST_LOG: process.env.RUST_LOG ?? "error", ...settings };
  const serve = () => start(HUB, ["serve", "--demo"], env);
  let program = await serve();
  let tokens = new Map();

  async function rest(method, path, { as = "admin", body, status } = {}) {
    if (!tokens.has(as)) tokens.set(as, await signIn(as));
    const headers = { authorization: `Bearer ${tokens.get(as)}` };
    if (body !== undefined) headers["content-type"] = "application/json";
    const answer = await fetch(`${program.url}/api/v1${path}`, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await answer.text();
    if (status ? answer.status !== status : !answer.ok) assert.fail(`${method} ${path}: ${answer.status} ${text}`);
    return text ? JSON.parse(text) : null;
  }

  async function signIn(username) {
    const answer = await fetch(`${program.url}/api/v1/auth/login`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ username, password: `demo-${username}` }),
    });
    assert.equal(answer.status, 200);
    return (await answer.json()).accessToken;
  }

  async function all(path) {
    const items = [];
    for (let after = ""; after !== null; ) {
      const page = await rest("GET", `${path}${path.includes("?") ? "&" : "?"}limit=200${after && `&after=${after}`}`);
      items.push(...page.items);
      after = page.next;
    }
    return items;
  }

  async function feed() {
    const records = [];
    for (let after = ""; ; ) {
      const { items, next } = await rest("GET", `/events?limit=200${after}`);
      if (items.length === 0) return records;
      records.push(...items);
      after = `&after=${encodeURIComponent(next)}`;
    }
  }

  return {
    get url() {
      return program.url;
    },
    rest,
    token: async (as) => (await rest("GET", "/menu", { as }), tokens.get(as)),
    // Tonight's: the demo has a week of evenings behind it.
    orders: async () => (await all("/orders")).filter(({ status }) => !["completed", "cancelled"].includes(status)),
    // Those on the board; or all of these statuses.
    tickets: async (...statuses) => {
      if (statuses.length === 0) return all("/kitchen/tickets");
      return (await Promise.all(statuses.map((status) => all(`/kitchen/tickets?status=${status}`)))).flat();
    },
    all,
    feed,
    // No word of goodbye: what it had not committed is gone.
    async kill() {
      await program.kill();
    },
    backup: (file) => ends(HUB, ["backup", file], env),
    // Its disk is gone with all that was on it; another one gets what the backup holds.
    async restore(file) {
      await rm(data, { recursive: true });
      tokens = new Map();
      return ends(HUB, ["restore", file], env);
    },
    // What somebody does to its database behind its back.
    sql: (statement) => run("python3", ["-c", "import sqlite3, sys; sqlite3.connect(sys.argv[1]).executescript(sys.argv[2])", join(data, "comanda.sqlite"), statement], "install python3"),
    verify: () => ends(HUB, ["verify"], env),
    async startAgain() {
      program = await serve();
      await until(async () => (await fetch(`${program.url}/readyz`)).ok);
      return program.url;
    },
    async stop() {
      await program.stop();
      await rm(data, { recursive: true, force: true });
    },
  };
}
