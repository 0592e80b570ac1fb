// An evening against the real hub: open, add, send; then the link is cut, and more than the link breaks.
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { launchOn } from "./lib/browser.mjs";
import { deviceIn } from "./lib/device.mjs";
import { evening } from "./lib/evening.mjs";
import { sameEverywhere } from "./lib/everywhere.mjs";
import { proxyTo } from "./lib/proxy.mjs";
import { until } from "./lib/until.mjs";

// What the screen shows must be on it within so long.
const SOON = 5_000;
// The look's amber: much red, less green, little blue.
const isAmber = (locator) =>
  locator.evaluate((element) => {
    const [r, g, b] = getComputedStyle(element).color.match(/\d+/g).map(Number);
    return r > g && g > b && r - b > 60;
  });

// How long after the next tap the page says it, by the page's own clock: what drives it from outside is slower.
const toldAfterTap = async (page, words) => {
  await page.evaluate((pattern) => {
    window.told = new Promise((resolve) => {
      let tapped = null;
      const look = () => {
        if (tapped === null || !new RegExp(pattern).test(document.body.innerText)) return;
        watcher.disconnect();
        resolve(performance.now() - tapped);
      };
      const watcher = new MutationObserver(look);
      watcher.observe(document.body, { subtree: true, childList: true, characterData: true });
      setTimeout(resolve, 30_000, Infinity);
      addEventListener("click", () => (tapped ??= performance.now()), { capture: true, once: true });
    });
  }, words.source);
  return () => page.evaluate(() => window.told);
};

describe("open, add, send", () => {
  const it = evening();

  test("the kitchen shows it without a reload, and each line says where it is", async () => {
    const [ana, kitchen] = [await it.waiter("Ana"), await it.kitchen()];
    await kitchen.page.evaluate(() => (window.neverReloaded = true));
    await ana.openTable("T4", 2);
    await ana.add("Tomato salad", "Soup of the day");
    for (const dish of ["Tomato salad", "Soup of the day"]) {
      await ana.line(dish).getByText("At the hub").waitFor({ timeout: SOON });
    }
    await ana.send(2);
    const ticket = kitchen.page.getByRole("article", { name: /^T4/ });
    await ticket.getByText("Soup of the day").waitFor({ timeout: SOON });
    await ticket.getByText("Ana · 2 guests").waitFor();
    await ana.line("Tomato salad").getByText(/Seen by the kitchen \d/).waitFor({ timeout: SOON });
    assert.ok(await kitchen.page.evaluate(() => window.neverReloaded));
    await sameEverywhere({ ...it, devices: [ana], kitchen, sent: ["Tomato salad", "Soup of the day"] });
    for (const { page } of it.devices) assert.deepEqual(page.faults, []);
  });

  test("what has appeared on the screen is on the disk when the browser is killed", async (t) => {
    const profile = await mkdtemp(join(tmpdir(), "comanda-profile-"));
    t.after(() => rm(profile, { recursive: true, force: true }));
    const net = await proxyTo(it.hub.url);
    t.after(() => net.close());
    const first = await launchOn(profile);
    const ana = await deviceIn(first.context, net);
    await ana.signIn("Ana");
    await ana.shell();
    await ana.openTable("T4", 2);
    net.cut();
    await ana.add("Rib eye");
    // No time to tidy anything up.
    await first.kill();

    const second = await launchOn(profile);
    const again = await deviceIn(second.context, net);
    t.after(() => second.context.close());
    await again.button(/waiting · offline/).waitFor();
    assert.deepEqual((await again.checks()).flatMap((check) => check.lines.map((line) => line.name)), ["Rib eye, 300 g"]);
    net.mend();
    await again.drained();
    assert.deepEqual((await it.hub.orders()).flatMap((order) => order.items.map((item) => item.name)), ["Rib eye, 300 g"]);
  });
});

describe("cut off", () => {
  const it = evening();

  // T4 is with the hub and the kitchen; then the link goes, and T5 is opened, filled and sent, T4 goes on.
  async function threePendingAndMore(ana, lose) {
    await ana.openTable("T4", 2);
    await ana.add("Tomato salad");
    await ana.send(1);
    await ana.drained();
    await lose();
    await ana.add("Bread & butter");
    await ana.send(1);
    await ana.toFloor();
    await ana.openTable("T5", 3);
    await ana.add("Rib eye", "Gnocchi");
    await ana.send(2);
    await ana.add("Soup of the day");
    assert.equal((await ana.sync()).waiting, 7);
  }
  const sent = ["Tomato salad", "Bread & butter", "Rib eye, 300 g", "Gnocchi, sage butter"];
  const drafts = ["Soup of the day"];

  test("goes on, and tells the truth within five seconds", async () => {
    const [ana, kitchen] = [await it.waiter("Ana"), await it.kitchen()];
    await ana.openTable("T4", 2);
    await ana.add("Tomato salad");
    await ana.drained();
    ana.net.cut();
    const told = await toldAfterTap(ana.page, /1 waiting · offline since \d.* · oldest 0:0\d/);
    await ana.send(1);
    assert.ok((await told()) < SOON);
    const line = ana.line("Tomato salad").getByText(/NOT in the kitchen yet/);
    await line.waitFor({ timeout: SOON });
    assert.ok(await isAmber(line));
    await line.locator("..").getByRole("timer").waitFor();
    await ana.add("Bread & butter");
    await ana.line("Bread & butter").getByText("On this device").waitFor();
    await ana.button(/^2 waiting · offline/).waitFor();
    ana.net.mend();
    await ana.button("All sent").waitFor();
    await sameEverywhere({ ...it, devices: [ana], kitchen, sent: ["Tomato salad"], drafts: ["Bread & butter"] });
  });

  test("a link that only falls silent shows as soon", async () => {
    const ana = await it.waiter("Ana");
    await ana.openTable("T4", 2);
    await ana.drained();
    const told = await toldAfterTap(ana.page, /1 waiting · offline since \d.* · oldest 0:0\d/);
    ana.net.silence();
    await ana.add("Tomato salad");
    const after = await told();
    assert.ok(after < SOON, `told after ${after} ms`);
    ana.net.mend();
    await ana.drained();
  });

  test("a reload loses nothing", async () => {
    const [ana, kitchen] = [await it.waiter("Ana"), await it.kitchen()];
    await ana.shell();
    await threePendingAndMore(ana, () => ana.net.cut());
    await ana.reload();
    await ana.button(/^7 waiting · offline/).waitFor();
    ana.net.mend();
    await sameEverywhere({ ...it, devices: [ana], kitchen, sent, drafts });
  });

  test("a second tab takes over when the first is closed", async () => {
    const [ana, kitchen] = [await it.waiter("Ana"), await it.kitchen()];
    const second = await ana.newTab();
    await second.place("T4").waitFor();
    await ana.page.bringToFront();
    await threePendingAndMore(ana, () => ana.net.cut());
    await ana.page.close();
    await second.button(/^7 waiting · offline/).waitFor();
    await second.place("T6").waitFor();
    await second.openTable("T6", 1);
    await second.add("Risotto");
    second.net.mend();
    await sameEverywhere({ ...it, devices: [second], kitchen, sent, drafts: [...drafts, "Risotto, saffron"] });
  });

  test("a hub that is killed and started again has it all, once", async () => {
    const [ana, kitchen] = [await it.waiter("Ana"), await it.kitchen()];
    await threePendingAndMore(ana, () => it.hub.kill());
    await ana.button(/^7 waiting · offline/).waitFor({ timeout: SOON });
    const address = await it.hub.startAgain();
    for (const device of [ana, kitchen]) device.net.to(address);
    await sameEverywhere({ ...it, devices: [ana], kitchen, sent, drafts });
  });

  test("an answer that is lost on its way counts nothing twice", async () => {
    const [ana, kitchen] = [await it.waiter("Ana"), await it.kitchen()];
    await ana.openTable("T4", 2);
    await ana.add("Rib eye");
    await ana.drained();
    ana.net.slow(400);
    await ana.send(1);
    await until(async () => (await it.hub.tickets()).length === 1);
    ana.net.cut();
    assert.equal((await ana.sync()).waiting, 1);
    ana.net.mend();
    await sameEverywhere({ ...it, devices: [ana], kitchen, sent: ["Rib eye, 300 g"] });
    assert.deepEqual(await ana.attention(), []);
  });

  test("a hub that only closes its half is left and found again", async () => {
    const [ana, kitchen] = [await it.waiter("Ana"), await it.kitchen()];
    await ana.openTable("T4", 2);
    await ana.drained();
    ana.net.halfClose();
    await ana.add("Rib eye");
    await ana.send(1);
    await sameEverywhere({ ...it, devices: [ana], kitchen, sent: ["Rib eye, 300 g"] });
    // The kitchen's own link was not touched: it hears of more without asking.
    await kitchen.page.getByRole("article", { name: /^T4/ }).getByText("Rib eye").waitFor();
  });
});
