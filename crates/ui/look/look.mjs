// Opens every screen at its sizes, takes pictures, and lets axe read each page. OUT [only]
import { createRequire } from "node:module";
import { mkdir } from "node:fs/promises";
import { serve } from "./serve.mjs";

const require = createRequire(new URL("../../../e2e/package.json", import.meta.url));
const { chromium } = require("playwright-core");
const AXE = require.resolve("axe-core/axe.min.js");
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const PHONE = [390, 844], PORTRAIT = [820, 1180], TABLET = [1180, 820], LAPTOP = [1366, 768], WALL = [1920, 1080];
const APP = [PHONE, PORTRAIT, TABLET, LAPTOP];
const BILL = "#/bill/01900000-0000-7000-8000-00010000001b";
const T4 = "#/table/01900000-0000-7000-8000-000300000003/01900000-0000-7000-8000-00010000001b";

// Name, address, sizes, and what is tapped before the picture.
const SCREENS = [
  ["floor", "/", APP],
  ["floor-offline", "/?waiting=3&offline=3&cards=0", [PHONE, TABLET]],
  ["floor-empty", "/?floor=empty&cards=0", [TABLET]],
  ["guests", "/", [PHONE, TABLET], async (page) => page.getByRole("button", { name: /^T1 · Free/ }).click()],
  ["table", `/${T4}`, APP],
  ["table-check", `/${T4}`, [PHONE], async (page) => page.getByRole("button", { name: /^Check · / }).click()],
  ["table-offline", `/?waiting=3&offline=3&cards-on-check=1${T4}`, [PHONE, TABLET]],
  ["table-new", `/?check=empty${T4}`, [TABLET]],
  ["search", `/${T4}`, [TABLET], async (page) => page.keyboard.type("so")],
  ["dish", `/${T4}`, [PHONE, TABLET], async (page) => page.getByRole("button", { name: "More for Beef tartare" }).click()],
  ["choose", `/${T4}`, [PHONE, TABLET], async (page) => {
    await page.getByRole("tab", { name: "Mains" }).click();
    await page.getByRole("button", { name: /^Rib eye/ }).first().click();
    await page.getByRole("button", { name: /^Medium rare/ }).click();
  }],
  ["line-draft", `/${T4}`, [TABLET], async (page) => page.locator(".unsent .line-tap").first().click()],
  ["line-sent", `/${T4}`, [TABLET], async (page) => page.locator(".line-tap").first().click()],
  ["void", `/${T4}`, [PHONE, TABLET], async (page) => {
    if (page.viewportSize().width < 700) await page.getByRole("button", { name: /^Check · / }).click();
    await page.getByRole("button", { name: /^2 ?Rib eye/ }).click();
    await page.getByRole("button", { name: "Void…" }).click();
    await page.getByRole("button", { name: "Mia Conti" }).click();
    await page.getByRole("button", { name: "1", exact: true }).click();
  }],
  ["bill", `/${BILL}`, APP],
  ["bill-given", `/${BILL}`, [PHONE, TABLET], async (page) => page.getByRole("button", { name: "50.00", exact: true }).click()],
  ["bill-paid", `/${BILL}`, [PHONE, TABLET], async (page) => {
    await page.getByRole("button", { name: "50.00", exact: true }).click();
    await page.getByRole("button", { name: /^Take/ }).click();
    await page.getByText("Change due").waitFor();
  }],
  ...["today", "reports", "bills", "people", "devices"].map((page) => [`office-${page}`, `/?role=admin#/office/${page}`, APP]),
  ["office-offline", "/?role=admin&offline=3#/office/today", [TABLET]],
  ["office-bill", "/?role=admin#/office/bills", [PHONE, TABLET], async (page) => page.getByRole("button", { name: /^Receipt 31/ }).click()],
  ["office-best", "/?role=admin#/office/reports", [TABLET], async (page) => page.getByRole("tab", { name: "Best sellers" }).click()],
  ["pin", "/?session=out", [PHONE, TABLET], async (page) => page.getByRole("button", { name: /Mia Conti/ }).click()],
  ["rtl-floor", "/?language=ar", [PHONE, TABLET]],
  ["rtl-table", `/?language=ar${T4}`, [PHONE, TABLET]],
  ["rtl-bill", `/?language=ar${BILL}`, [TABLET]],
  ["sync", "/?waiting=3&offline=3&evictable=1&update=1", [PHONE, TABLET], async (page) => page.locator("#sync-pill").click()],
  ["trouble", "/?trouble=disk_full", [PHONE, TABLET]],
  ["attention", "/", [PHONE, TABLET], async (page) => page.getByRole("button", { name: /need/ }).first().click()],
  ["person", "/", [TABLET], async (page) => page.getByRole("button", { name: /sign out/ }).click()],
  ["sign-in", "/?session=out", [PHONE, TABLET]],
  ["password", "/?session=out", [TABLET], async (page) => (await page.getByRole("button", { name: /Ben Adler/ }).click(), await page.getByRole("button", { name: "Password instead" }).click())],
  ["enrol", "/?session=none", [PHONE, TABLET]],
  ["board", "/kitchen/", [WALL, LAPTOP]],
  ["board-one", "/kitchen/?tickets=1", [WALL]],
  ["board-few", "/kitchen/?tickets=5", [WALL, LAPTOP]],
  ["board-twelve", "/kitchen/?tickets=12", [WALL, LAPTOP]],
  ["board-right-to-left", "/kitchen/", [WALL], async (page) => page.evaluate(() => document.documentElement.setAttribute("dir", "rtl"))],
  ["board-keys", "/kitchen/", [WALL, LAPTOP], async (page) => (await page.keyboard.press("2"), page.keyboard.press("Enter"))],
  ["recall", "/kitchen/", [LAPTOP], async (page) => page.getByRole("button", { name: /^Recall \d/ }).click()],
  ["eighty-six", "/kitchen/", [LAPTOP], async (page) => page.getByRole("button", { name: /^86/ }).click()],
  ["kitchen-menu", "/kitchen/", [LAPTOP], async (page) => page.getByRole("banner").getByRole("button", { name: "This screen" }).click()],
  ["kitchen-keys", "/kitchen/", [LAPTOP], async (page) => page.keyboard.press("?")],
  ["board-offline", "/kitchen/?offline=4", [WALL]],
  ["board-empty", "/kitchen/?tickets=0", [WALL]],
];

const [out, only] = process.argv.slice(2);
await mkdir(out, { recursive: true });
const hub = await serve();
const browser = await chromium.launch({ executablePath: process.env.COMANDA_CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });
let serious = 0;
for (const [name, address, sizes, act] of SCREENS.filter(([name]) => !only || new RegExp(only).test(name)))
  for (const [width, height] of sizes)
    for (const theme of ["light", "dark"]) {
      const context = await browser.newContext({ viewport: { width, height }, timezoneId: "Europe/Berlin", colorScheme: theme, reducedMotion: "reduce" });
      const page = await context.newPage();
      page.on("console", (message) => message.type() === "error" && console.log(name, "console:", message.text()));
      page.on("pageerror", (error) => console.log(name, "error:", error.message));
      await page.addInitScript((theme) => { try { localStorage.setItem("comanda-kitchen-theme", theme); } catch {} }, theme);
      await page.goto(hub.url + address);
      await page.waitForSelector(".plan, .paper, .office, .dishes, .door, .board, .nothing:not(.late-in)", { state: "attached" });
      await page.waitForTimeout(250);
      try {
        await act?.(page);
      } catch (error) {
        console.log(name, width, "act:", error.message.split("\n")[0]);
      }
      await page.evaluate(() => document.fonts.ready);
      await page.waitForTimeout(250);
      await page.screenshot({ path: `${out}/${name}-${width}-${theme}.png` });
      // Driven over the debugger's own world, which the page's policy does not reach.
      await page.evaluate(await (await import("node:fs/promises")).readFile(AXE, "utf8"));
      // A kitchen is read from two metres: seven to one.
      const rules = { "color-contrast-enhanced": { enabled: address.startsWith("/kitchen/") } };
      const { violations } = await page.evaluate((rules) => axe.run(document, { resultTypes: ["violations"], rules }), rules);
      for (const { id, impact, nodes } of violations.filter(({ impact }) => impact === "serious" || impact === "critical")) {
        serious += nodes.length;
        console.log(`axe ${name} ${width} ${theme}: ${impact} ${id}`, nodes.slice(0, 3).map((node) => node.target.join(" ") + " " + (node.any[0]?.message ?? "")).join(" | "));
      }
      await context.close();
    }
await browser.close();
hub.stop();
console.log(serious ? `${serious} serious findings` : "axe: nothing serious");
process.exit(serious ? 1 : 0);
