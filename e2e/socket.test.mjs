// The Socket.IO client of the device core, in a real browser against a real server.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { launch, newContext, open, probe } from "./lib/browser.mjs";
import { start } from "./lib/program.mjs";
import { serveScreens } from "./lib/screens.mjs";

describe("the socket of a device core in a browser", () => {
  let browser, screens, hub, page;
  before(async () => {
    [browser, screens, hub] = await Promise.all([launch(), serveScreens(), start("debug/examples/socket_server")]);
    page = await open(await newContext(browser), screens.url);
  });
  after(async () => {
    await browser.close();
    await Promise.all([screens.gone(), hub.stop()]);
  });

  test("shows its token, hears a poke and answers pings", async () => {
    const { said } = await probe(page, "socket", { hub: hub.url, token: "good" });
    assert.match(said[0], /Send\("40\{/);
    const [connected, event] = said.filter((what) => !what.startsWith("Send"));
    assert.equal(connected, "Connected");
    assert.match(event, /Event \{ name: "sync:poke", data: .*"seq": Number\(7\)/);
    assert.equal(said.filter((what) => what === 'Send("3")').length, 2);
  });

  test("is told why a token is refused", async () => {
    const { said } = await probe(page, "socket", { hub: hub.url, token: "bad" });
    assert.ok(said.includes('Refused { message: "unauthorized" }'), said.join());
  });

  test("notices that nobody is there", async () => {
    assert.deepEqual(await probe(page, "socket", { hub: "http://127.0.0.1:9", token: "good" }), { said: [] });
  });

  test("asks over HTTP, and says when there is no answer", async () => {
    const answer = await probe(page, "fetch", { url: "/build.json" });
    assert.equal(answer.status, 200);
    const nobody = await probe(page, "fetch", { url: "http://127.0.0.1:9/" });
    assert.match(nobody.what, /cannot be reached/);
  });
});
