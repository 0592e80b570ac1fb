// The device core's home in a browser: what is stored stays stored, one tab owns it, and a fallen core gets up again.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { call, launch, listen, newContext, noticed, open, probe, rows } from "./lib/browser.mjs";
import { id } from "./lib/ids.mjs";
import { serveScreens } from "./lib/screens.mjs";

describe("the device core in a browser", () => {
  let browser, screens, context;
  before(async () => ([browser, screens] = await Promise.all([launch(), serveScreens()])));
  after(async () => {
    await browser.close();
    await screens.gone();
  });
  beforeEach(async () => (context = await newContext(browser)));
  afterEach(() => context.close());

  test("keeps what it acknowledged over a reload", async () => {
    const page = await open(context, screens.url);
    for (const text of ["soup", "bread", "crème brûlée"]) await probe(page, "put", { text });
    await page.reload();
    await listen(page);
    assert.deepEqual(await rows(page), ["soup", "bread", "crème brûlée"]);
    assert.deepEqual(page.faults, []);
  });

  test("commits through a write-ahead log, synced in full, by one connection", async () => {
    const page = await open(context, screens.url);
    const pragmas = await probe(page, "pragmas");
    assert.match(pragmas.journal, /wal/);
    assert.match(pragmas.synchronous, /2/);
    assert.match(pragmas.locking, /exclusive/);
  });

  test("serves a second tab through the first, and tells both what changed", async () => {
    const first = await open(context, screens.url);
    await probe(first, "put", { text: "from the first" });
    const second = await open(context, screens.url);
    await probe(second, "put", { text: "from the second" });
    assert.deepEqual(await rows(first), ["from the first", "from the second"]);
    await second.waitForFunction(() => window.heard.changed.length > 0);
    await first.waitForFunction(() => window.heard.changed.length > 1);
  });

  test("passes to the next tab when its owner closes in the middle of writes", async () => {
    const owner = await open(context, screens.url);
    await probe(owner, "put", { text: "0" });
    const next = await open(context, screens.url);
    await next.evaluate(() => {
      // Writes as fast as they are acknowledged, and keeps which were.
      window.acknowledged = [];
      window.writing = (async () => {
        for (let n = 1; n <= 200; n += 1) {
          const json = await window.comanda.call(JSON.stringify({ call: "probe", do: "put", text: String(n) }));
          if (JSON.parse(json).answer === "done") window.acknowledged.push(String(n));
        }
      })();
    });
    await next.waitForFunction(() => window.acknowledged.length > 20);
    await owner.close();
    await next.evaluate(() => window.writing);
    const acknowledged = await next.evaluate(() => window.acknowledged);
    assert.equal(acknowledged.length, 200);
    const stored = new Set(await rows(next));
    assert.deepEqual(acknowledged.filter((text) => !stored.has(text)), []);
  });

  test("passes on when its owner is frozen, and serves the thawed tab again", async () => {
    const owner = await open(context, screens.url);
    await probe(owner, "put", { text: "before" });
    const next = await open(context, screens.url);
    const devtools = await context.newCDPSession(owner);
    await devtools.send("Page.setWebLifecycleState", { state: "frozen" });
    await probe(next, "put", { text: "while frozen" });
    await devtools.send("Page.setWebLifecycleState", { state: "active" });
    assert.deepEqual(await rows(owner), ["before", "while frozen"]);
  });

  test("gets up after a panic, says so, and gives up only the call that caused it", async () => {
    const page = await open(context, screens.url);
    await probe(page, "put", { text: "kept" });
    const fatal = await probe(page, "panic", { text: "on purpose" });
    assert.deepEqual(fatal, { answer: "trouble", what: "core_down" });
    assert.deepEqual(await rows(page), ["kept"]);
    await noticed(page, "trouble", "on purpose");
    const { model } = await call(page, { call: "query", view: { of: "sync" } });
    assert.match(model.log[0].text, /the core before this one fell: .*on purpose/s);
  });

  test("stores nothing for a device that is none yet", async () => {
    const nobodys = await browser.newContext();
    const page = await open(nobodys, screens.url);
    const said = await call(page, { call: "submit", cmdId: id(), kind: "orders.open", version: 1, args: {} });
    assert.deepEqual(said, { answer: "refused", code: "not_enrolled" });
    await nobodys.close();
  });

  test("where the browser has no files of its own, says so and takes nothing", async () => {
    // As in a private window of some browsers.
    await context.route("**/assets/worker-*.js", async (route) => {
      const answer = await route.fetch();
      const body = `delete StorageManager.prototype.getDirectory;\n${await answer.text()}`;
      await route.fulfill({ response: answer, body });
    });
    const page = await open(context, screens.url);
    await noticed(page, "trouble", "no_storage");
    assert.deepEqual(await probe(page, "put", { text: "lost" }), { answer: "trouble", what: "no_storage" });
  });

  test("app and kitchen display of one browser are two devices", async () => {
    const app = await open(context, screens.url);
    const kitchen = await open(context, `${screens.url}/kitchen/`);
    await probe(app, "put", { text: "app" });
    await probe(kitchen, "put", { text: "kitchen" });
    assert.deepEqual(await rows(app), ["app"]);
    assert.deepEqual(await rows(kitchen), ["kitchen"]);
  });

  test("each restaurant has a database of its own, which the browser remembers", async () => {
    const page = await open(context, screens.url);
    await probe(page, "put", { text: "of the one" });
    await probe(page, "reopen", { restaurant: "another" });
    await noticed(page, "core", "ready");
    await probe(page, "put", { text: "of the other" });
    await page.reload();
    await listen(page);
    assert.deepEqual(await rows(page), ["of the other"]);
  });
});

// The stories that cargo tells on files, told here by the worker on its own.
describe("the device core's suite in a browser", () => {
  const list = readFileSync(new URL("../crates/client/src/suite/list.rs", import.meta.url), "utf8");
  const stories = [...list.matchAll(/^ +(\w+):((?:\s+\w+)+);/gm)].flatMap(([, of, names]) =>
    names.trim().split(/\s+/).map((name) => `${of}::${name}`),
  );
  let browser, screens, context, page;
  let told = 0;
  before(async () => {
    [browser, screens] = await Promise.all([launch(), serveScreens()]);
    context = await newContext(browser);
    page = await open(context, screens.url);
  });
  after(async () => {
    await browser.close();
    await screens.gone();
  });

  const troubles = () => page.evaluate(() => window.heard.notices.splice(0).flatMap(({ trouble }) => trouble ?? []));

  // A story that fails brings the worker down, which is told why, asks the next worker once more and then gives up.
  async function tell(name, on = name.replace("::", "-")) {
    await troubles();
    const asked = JSON.stringify({ call: "probe", do: "story", name, on });
    const { answer, what } = JSON.parse(await page.evaluate((json) => window.comanda.call(json, 60_000), asked));
    return { answer, what, troubles: await troubles() };
  }
  const well = { answer: "done", what: undefined, troubles: [] };

  test("is the list that cargo tells, whole", async () => {
    assert.deepEqual(await probe(page, "stories"), stories);
    assert.ok(stories.length > 50, `${stories.length} stories`);
  });

  for (const name of stories) {
    test(name, async () => {
      assert.deepEqual(await tell(name), well);
      told += 1;
    });
  }

  test("what was done outlives a reload of the page", async () => {
    assert.deepEqual(await tell("reload::before", "reload"), well);
    await page.reload();
    await listen(page);
    assert.deepEqual(await tell("reload::after", "reload"), well);
  });

  test("a story that fails is heard of", async () => {
    const failed = await tell("reload::after", "empty");
    assert.equal(failed.what, "core_down");
    assert.match(failed.troubles[0], /suite\/reload\.rs/);
  });

  test("has been told to its end", () => assert.equal(told, stories.length));
});
