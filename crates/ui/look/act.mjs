// Walks through an evening by keyboard and touch, against the scripted core. Prints what it saw; fails at the first surprise.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { serve } from "./serve.mjs";

const require = createRequire(new URL("../../../e2e/package.json", import.meta.url));
const { chromium } = require("playwright-core");
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

const hub = await serve();
const browser = await chromium.launch({ executablePath: process.env.COMANDA_CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });
const context = await browser.newContext({ viewport: { width: 1180, height: 820 }, permissions: ["clipboard-read", "clipboard-write"] });

async function open(address) {
  const page = await context.newPage();
  page.setDefaultTimeout(5_000);
  page.on("pageerror", (error) => assert.fail(error.message));
  page.on("console", (message) => message.type() === "error" && assert.fail(message.text()));
  await page.goto(hub.url + address);
  return page;
}
const focused = (page) => page.evaluate(() => document.activeElement.innerText.split("\n")[0]);
const step = async (name, act) => (await act(), console.log("ok", name));

let page;
await step("a demo enrols by itself and a tile signs in at one tap", async () => {
  page = await open("/?session=none&demo");
  await page.getByRole("button", { name: "Ana Lopez" }).click();
  await page.getByRole("heading", { name: "Floor" }).waitFor();
});
await step("arrows walk the plan, Enter opens, a digit seats the guests", async () => {
  await page.getByRole("button", { name: "T1 · Free · 4 seats" }).focus();
  await page.keyboard.press("ArrowRight");
  assert.equal(await focused(page), "T2");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  await page.getByRole("dialog", { name: "T3 · how many guests?" }).waitFor();
  await page.keyboard.press("3");
  await page.getByRole("button", { name: "Nothing to send" }).waitFor();
  assert.match(page.url(), /#\/table\/[-0-9a-f]+\/[-0-9a-f]+$/);
});
await step("typing finds a dish, Enter adds it", async () => {
  await page.keyboard.type("soup");
  assert.equal(await page.getByRole("searchbox").inputValue(), "soup");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Send 1" }).waitFor();
  assert.equal(await page.getByRole("searchbox").inputValue(), "");
});
await step("two quick taps are two lines, shown as one row", async () => {
  await page.getByRole("button", { name: /^Olives/ }).dblclick();
  await page.getByRole("button", { name: "Send 3" }).waitFor();
  await page.getByText("On this device").first().waitFor();
});
await step("a long press asks for more, Esc closes and gives the focus back", async () => {
  const dish = page.getByRole("button", { name: /^Beef tartare/ });
  await dish.click({ delay: 700 });
  await page.getByRole("dialog", { name: "Beef tartare" }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Send 3" }).waitFor();
  await page.getByRole("button", { name: "More for Beef tartare" }).click();
  await page.getByRole("button", { name: "One more" }).click();
  await page.getByRole("textbox", { name: "Note to the kitchen" }).fill("no onion");
  await page.getByRole("button", { name: /^Add 2/ }).click();
  await page.getByRole("button", { name: "Send 5" }).waitFor();
  await page.getByText("no onion").waitFor();
});
await step("Send sends once, and says that it is not in the kitchen yet", async () => {
  await page.getByRole("button", { name: "Send 5" }).dblclick();
  await page.getByRole("button", { name: "Nothing to send" }).waitFor();
  await page.getByText(/^NOT in the kitchen yet/).first().waitFor();
  assert.match(await page.locator("#sync-pill").innerText(), /waiting/);
});
await step("the sheet of the link copies its report", async () => {
  await page.locator("#sync-pill").click();
  await page.getByRole("button", { name: "Copy report" }).click();
  await page.getByText("Copied").waitFor();
  assert.match(await page.evaluate(() => navigator.clipboard.readText()), /seq 4211/);
  await page.getByRole("button", { name: "Close" }).click();
});
await step("back leads to the floor, and the language can be another", async () => {
  await page.goBack();
  await page.getByRole("heading", { name: "Floor" }).waitFor();
  await page.getByRole("button", { name: /sign out/ }).click();
  await page.getByRole("button", { name: "Deutsch" }).click();
  await page.getByRole("button", { name: "Schließen" }).click();
  await page.getByRole("button", { name: "T1 · Frei · 4 Plätze" }).waitFor();
  assert.equal(await page.getAttribute("html", "lang"), "de");
});
await step("an update waits for a quiet moment", async () => {
  await page.evaluate(() => localStorage.clear());
  page = await open("/?update=1");
  await page.getByRole("heading", { name: "Floor" }).waitFor();
  await page.waitForTimeout(1_500);
  assert.notEqual(await page.title(), "activated");
  await page.waitForFunction(() => document.title === "activated", null, { timeout: 15_000 });
});
await step("another check of the table is another page, and so is the way back to the first", async () => {
  page = await open("/?each=1");
  await page.getByRole("heading", { name: "Floor" }).waitFor();
  await page.goto(`${hub.url}/?each=1#/table/01900000-0000-7000-8000-000300000003/01900000-0000-7000-8000-00010000001b`);
  await page.getByRole("heading", { name: /^Check 27/ }).waitFor();
  await page.getByRole("tab", { name: /^Birthday/ }).click();
  await page.getByRole("heading", { name: /^Check 28/ }).waitFor();
  await page.getByRole("tab", { name: "Check 27" }).press("Enter");
  await page.getByRole("heading", { name: /^Check 27/ }).waitFor();
  await page.goBack();
  await page.getByRole("heading", { name: "Floor" }).waitFor();
});
await step("a PIN signs in, and a wrong one is said", async () => {
  page = await open("/?session=out");
  await page.getByRole("button", { name: /Mia Conti/ }).click();
  for (const pin of ["0000", "2468"]) {
    for (const digit of pin) await page.keyboard.press(digit);
    await page.keyboard.press("Enter");
    if (pin === "0000") await page.getByText("That PIN is wrong.").waitFor();
  }
  await page.getByRole("heading", { name: "Floor" }).waitFor();
});
await step("what has to be chosen opens by itself; a draft changes, and the bill gives change", async () => {
  page = await open("/?check=empty#/table/01900000-0000-7000-8000-000300000003/01900000-0000-7000-8000-00010000001b");
  await page.getByRole("tab", { name: "Mains" }).click();
  await page.getByRole("button", { name: /^Rib eye/ }).first().click();
  await page.getByRole("button", { name: "Choose: How done" }).waitFor();
  await page.getByRole("button", { name: "Medium rare" }).click();
  await page.getByRole("button", { name: "Add 1 · 32.00" }).click();
  await page.locator(".line-tap").click();
  await page.getByRole("button", { name: "One more" }).click();
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("button", { name: "Send 2" }).waitFor();
  await page.getByRole("button", { name: "Bill", exact: true }).click();
  await page.getByRole("button", { name: "50.00", exact: true }).click();
  await page.getByRole("button", { name: "Take €48.30" }).click();
  await page.getByText("€1.70").waitFor();
});
await step("a core that does not answer is said, and the same call can be made again", async () => {
  page = await open("/?silent=1");
  await page.getByRole("button", { name: /^T4 · / }).first().click();
  await page.getByRole("button", { name: /^Olives/ }).click();
  await page.getByText(/^NOT stored/).waitFor({ timeout: 12_000 });
  await page.getByRole("button", { name: "Try again" }).waitFor();
});
await browser.close();
hub.stop();
