// The offline shell: the screens come up without a hub, and a new build waits until it is asked in.
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { launch, listen, newContext, noticed, open, probe, rows } from "./lib/browser.mjs";
import { serveScreens } from "./lib/screens.mjs";

describe("the offline shell", () => {
  let browser, screens, context;
  before(async () => (browser = await launch()));
  after(() => browser.close());
  beforeEach(async () => {
    screens = await serveScreens();
    context = await newContext(browser);
  });
  afterEach(async () => {
    await context.close();
    await screens.gone();
  });
  const shell = (page) => page.waitForFunction(() => navigator.serviceWorker.controller);

  test("brings both screens up with no hub at all, data included", async () => {
    const page = await open(context, screens.url);
    await probe(page, "put", { text: "before the outage" });
    await shell(page);
    await screens.gone();
    await page.reload();
    await listen(page);
    await page.getByRole("heading", { name: "Add this device" }).waitFor();
    assert.deepEqual(await rows(page), ["before the outage"]);
    await page.goto(`${screens.url}/kitchen/`);
    await page.getByRole("heading", { name: "Add this device" }).waitFor();
    await screens.back();
  });

  test("leaves the API to the network", async () => {
    const page = await open(context, screens.url);
    await shell(page);
    await screens.gone();
    for (const path of ["/api/v1/menu", "/socket.io/?EIO=4", "/health"]) {
      const answer = await page.evaluate((path) => fetch(path).then((a) => a.status, () => "no answer"), path);
      assert.equal(answer, "no answer", path);
    }
    await screens.back();
  });

  test("keeps a new build waiting until the page asks for it", async () => {
    const page = await open(context, screens.url);
    await shell(page);
    const old = await page.evaluate(() => window.comanda.build);
    for (const path of ["/sw.js", "/index.html", "/kitchen/index.html"]) {
      screens.change(path, (await screens.read(path)).replaceAll(old, "abcdef012345"));
    }
    await page.evaluate(async () => (await navigator.serviceWorker.getRegistration()).update());
    await noticed(page, "update", "ready");
    assert.equal(await page.evaluate(() => document.documentElement.dataset.build), old);
    await Promise.all([page.waitForEvent("load"), page.evaluate(() => window.comanda.activate())]);
    assert.equal(await page.evaluate(() => document.documentElement.dataset.build), "abcdef012345");
  });
});
