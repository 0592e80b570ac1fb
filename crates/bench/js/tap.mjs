// A page of the app in Chromium: how long until the core has answered that a tap is on the disk, and what the first load
// takes over the wire, and how soon the app shows a table when it is opened again. tap.mjs URL TAPS; prints {p50, p99, kilobytes, drawn}.
import { createRequire } from "node:module";

const { chromium } = createRequire(new URL("../../../e2e/package.json", import.meta.url))("playwright-core");
const [url, taps] = process.argv.slice(2);
const args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"];
const browser = await chromium.launch({ executablePath: process.env.COMANDA_CHROMIUM ?? "/usr/bin/chromium", args });
// The service worker fetches for later what the first load does not wait for.
const context = await browser.newContext({ serviceWorkers: "block" });
const page = await context.newPage();
const loaded = [];
context.on("requestfinished", (request) => loaded.push(request.sizes()));
await page.goto(url);
await page.waitForFunction(() => window.comanda);
const ask = (request) => page.evaluate(async (json) => JSON.parse(await window.comanda.call(json)), JSON.stringify(request));
const see = async (of) => (await ask({ call: "query", view: { of } })).model;
const until = async (shows) => {
  for (const end = performance.now() + 30_000; performance.now() < end; ) {
    const found = await shows();
    if (found) return found;
    await page.waitForTimeout(50);
  }
  throw new Error("it never came");
};
await until(async () => (await ask({ call: "session", ask: "sign_in", username: "ana", password: "demo-ana" })).answer === "done");
const kilobytes = (await Promise.all(loaded)).reduce((sum, { responseBodySize }) => sum + responseBodySize, 0) / 1024;
context.removeAllListeners("requestfinished");
const floor = await until(async () => { const floor = await see("floor"); return floor.tables?.length > 0 && floor; });
const menu = await until(async () => { const menu = await see("menu"); return menu.dishes?.length > 0 && menu; });
const plain = menu.dishes.find((dish) => dish.groups.length === 0);
const submits = [];
let order;
for (let tap = 0; tap < Number(taps); tap += 1) {
  const lines = [{ id: crypto.randomUUID(), dish: plain.id, quantity: 1 }];
  let kind = "orders.add";
  const args = { lines };
  if (tap % 10 === 0) {
    order = crypto.randomUUID();
    kind = "orders.open";
    Object.assign(args, { table: floor.tables[(tap / 10) % floor.tables.length].id, guests: 2 });
  }
  submits.push({ call: "submit", cmdId: crypto.randomUUID(), kind, version: 1, args: { order, ...args } });
}
// Timed in the page: what a screen waits for.
const took = await page.evaluate(async (submits) => {
  const took = [];
  for (const submit of submits) {
    const began = performance.now();
    const answer = JSON.parse(await window.comanda.call(JSON.stringify(submit)));
    took.push(performance.now() - began);
    if (answer.answer !== "stored") throw new Error(JSON.stringify(answer));
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  return took;
}, submits);
took.sort((a, b) => a - b);
const at = (percent) => took[Math.floor(((took.length - 1) * percent) / 100)];
// Opened again, as each morning: from the navigation until the frame with the first table.
await page.addInitScript(() => {
  const seen = new MutationObserver(() => {
    if (!document.querySelector("button.table")) return;
    seen.disconnect();
    requestAnimationFrame(() => (window.drawn = performance.now()));
  });
  seen.observe(document, { childList: true, subtree: true });
});
const openings = [];
for (let opening = 0; opening < 5; opening += 1) {
  await page.goto(url);
  openings.push(await (await page.waitForFunction(() => window.drawn)).jsonValue());
}
const drawn = openings.sort((a, b) => a - b)[2];
console.log(JSON.stringify({ p50: at(50), p99: at(99), kilobytes, drawn }));
await browser.close();
