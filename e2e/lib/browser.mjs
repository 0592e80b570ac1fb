// A real Chromium, and what tests ask of the page's bridge.
import { chromium } from "playwright-core";

// A test's page lives for seconds: what it runs is compiled once and soon, and not a second time to run faster.
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--js-flags=--liftoff-only",
];

const HOW = { executablePath: process.env.COMANDA_CHROMIUM ?? "/usr/bin/chromium", args: FLAGS };

export const launch = () => chromium.launch(HOW);

// A browser with a profile on the disk, which can be killed and started again on it.
export async function launchOn(profile, options) {
  const context = await chromium.launchPersistentContext(profile, { ...HOW, ...options });
  const devtools = await context.browser().newBrowserCDPSession();
  const { processInfo } = await devtools.send("SystemInfo.getProcessInfo");
  const { id } = processInfo.find(({ type }) => type === "browser");
  const kill = () => {
    const closed = new Promise((resolve) => context.once("close", resolve));
    process.kill(id, "SIGKILL");
    return closed;
  };
  return { context, kill };
}

// A browser of its own whose screens belong to a restaurant already, though to no device of a hub's.
export async function newContext(browser) {
  const context = await browser.newContext();
  await context.addInitScript(() => {
    for (const screen of ["app", "kitchen"]) localStorage[`comanda-restaurant-${screen}`] ??= "test";
  });
  return context;
}

// A page with the bridge in it, which also keeps what the bridge said unasked.
export async function open(context, url) {
  const page = await context.newPage();
  page.faults = [];
  page.on("pageerror", (error) => page.faults.push(error.message));
  page.on("console", (message) => message.type() === "error" && page.faults.push(message.text()));
  await page.goto(url);
  await listen(page);
  return page;
}

export async function listen(page) {
  await page.waitForFunction(() => window.comanda);
  await page.evaluate(() => {
    window.heard = { changed: [], notices: [] };
    window.comanda.listen((json) => window.heard.changed.push(JSON.parse(json)));
    window.comanda.notices((json) => window.heard.notices.push(JSON.parse(json)));
  });
}

export const call = (page, request) =>
  page.evaluate(async (json) => JSON.parse(await window.comanda.call(json)), JSON.stringify(request));

export const probe = (page, does, more = {}) => call(page, { call: "probe", do: does, ...more });

export const rows = async (page) => (await probe(page, "list")).rows;

export const noticed = (page, key, value) =>
  page.waitForFunction(([key, value]) => window.heard.notices.some((n) => String(n[key]).includes(value)), [key, value]);
