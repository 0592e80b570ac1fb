// The kitchen's screen against the real hub: what a cook taps reaches the waiter, and what the waiter takes back, the cook.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { evening } from "./lib/evening.mjs";
import { id } from "./lib/ids.mjs";
import { until } from "./lib/until.mjs";

const SOON = 15_000;
// The first note of each chime, in hertz.
const [NEW, VOID] = [880, 415];

describe("the kitchen", () => {
  const it = evening();
  const ticket = (kitchen, table) => kitchen.page.getByRole("article", { name: new RegExp(`^${table}`) });
  const dish = (kitchen, table, name) => ticket(kitchen, table).getByRole("button", { name });
  const says = (waiter, name, state) => waiter.line(name).getByText(state).first().waitFor({ timeout: SOON });
  const heard = (kitchen, note) => until(() => kitchen.page.evaluate((note) => window.notes.includes(note), note), { what: `a chime from ${note} Hz` });

  // A kitchen whose notes are written down, and which its first touch switches on. A test that looks into a page touches
  // it, as browsers count; so nobody looks before the page itself has said that it has a voice.
  async function kitchenWithEars() {
    const kitchen = await it.kitchen();
    await kitchen.context.addInitScript(() => {
      window.notes = [];
      window.AudioContext = class extends AudioContext {
        constructor() {
          super();
          console.info("a voice");
        }
      };
      const start = AudioScheduledSourceNode.prototype.start;
      AudioScheduledSourceNode.prototype.start = function (...when) {
        window.notes.push(Math.round(this.frequency.value));
        return start.apply(this, when);
      };
    });
    const page = await kitchen.context.newPage();
    const voice = page.waitForEvent("console", (said) => said.text() === "a voice");
    await page.goto(kitchen.address);
    await voice;
    await kitchen.page.close();
    Object.assign(page, { faults: [] });
    page.on("pageerror", (error) => page.faults.push(error.message));
    kitchen.page = page;
    await kitchen.button(/Tap here to switch it on/).click();
    await page.locator("[data-hearing=on]").waitFor();
    await heard(kitchen, NEW);
    await page.evaluate(() => (window.notes.length = 0));
    return kitchen;
  }

  async function sent(ana, table, ...dishes) {
    await ana.openTable(table, 2);
    await ana.add(...dishes);
    await ana.send(dishes.length);
  }

  test("a cook takes each line on and bumps; the waiter's lines follow; a tap and a bump can be taken back", async () => {
    const [ana, kitchen] = [await it.waiter("Ana"), await kitchenWithEars()];
    await sent(ana, "T4", "Tomato salad", "Soup of the day");
    await ticket(kitchen, "T4").waitFor({ timeout: SOON });
    await heard(kitchen, NEW);
    await says(ana, "Tomato salad", /Seen by the kitchen/);
    await dish(kitchen, "T4", /Tomato salad/).click();
    await says(ana, "Tomato salad", /Being prepared/);
    await kitchen.button("Undo").click();
    await says(ana, "Tomato salad", /Seen by the kitchen/);
    await dish(kitchen, "T4", /Tomato salad/).click();
    await dish(kitchen, "T4", /Tomato salad.*Cooking/).click();
    await says(ana, "Tomato salad", /Ready to carry/);
    await says(ana, "Soup of the day", /Seen by the kitchen/);
    await kitchen.button("Bump T4").click();
    await ticket(kitchen, "T4").waitFor({ state: "detached" });
    await says(ana, "Soup of the day", /Ready to carry/);

    await kitchen.button(/^Recall \d/).click();
    await kitchen.page.getByRole("dialog").getByRole("button", { name: "Recall T4" }).first().click();
    await ticket(kitchen, "T4").getByText("Called back").waitFor();
    await says(ana, "Soup of the day", /Being prepared/);
    for (const { page } of it.devices) assert.deepEqual(page.faults, []);
  });

  test("a void is heard, stands struck through, and is gone once it was seen", async () => {
    const [ana, kitchen] = [await it.waiter("Ana"), await kitchenWithEars()];
    await sent(ana, "T4", "Tomato salad", "Soup of the day");
    await ticket(kitchen, "T4").waitFor({ timeout: SOON });
    await ana.drained();
    const [{ order, lines }] = await ana.checks();
    const { id: line } = lines.find(({ name }) => name === "Soup of the day");
    const args = { order, lines: [{ line }], reason: "Ordered by mistake" };
    const stored = await ana.ask({ call: "submit", cmdId: id(), kind: "orders.void", version: 1, args });
    assert.equal(stored.answer, "stored", JSON.stringify(stored));
    const void_ = dish(kitchen, "T4", /Soup of the day.*VOID/);
    await void_.waitFor({ timeout: SOON });
    await heard(kitchen, VOID);
    const struck = void_.getByText("Soup of the day", { exact: true });
    assert.match(await struck.evaluate((name) => getComputedStyle(name).textDecorationLine), /line-through/);
    await void_.click();
    await void_.waitFor({ state: "detached" });
    await dish(kitchen, "T4", /Tomato salad/).waitFor();
  });

  test("what the kitchen takes off cannot be ordered, and can be put back", async () => {
    const [ana, kitchen] = [await it.waiter("Ana"), await it.kitchen()];
    await ana.openTable("T4", 2);
    await kitchen.button(/^86/).click();
    const sheet = kitchen.page.getByRole("dialog");
    await sheet.getByRole("searchbox").fill("soup");
    await sheet.getByRole("button", { name: "Take off: Soup of the day" }).click();
    await sheet.getByRole("button", { name: "Put back: Soup of the day" }).waitFor();
    const soup = async () => (await ana.query({ of: "menu" })).dishes.find(({ name }) => name === "Soup of the day");
    await until(async () => !(await soup()).available);
    const [{ order }] = await ana.checks();
    const lines = [{ id: id(), dish: (await soup()).id, quantity: 1 }];
    const add = () => ana.ask({ call: "submit", cmdId: id(), kind: "orders.add", version: 1, args: { order, lines } });
    assert.deepEqual(await add(), { answer: "refused", code: "dish_unavailable" });
    await sheet.getByRole("button", { name: "Put back: Soup of the day" }).click();
    await until(async () => (await soup()).available);
    assert.equal((await add()).answer, "stored");
    const count = sheet.getByRole("textbox", { name: "How many are left of Soup of the day" });
    await count.fill("12");
    await count.press("Enter");
    await sheet.getByRole("button", { name: "One Soup of the day fewer" }).click();
    await until(async () => (await soup()).remaining === 11);
  });

  test("by keys alone, offline too, with the station kept over a reload", async () => {
    const [ana, kitchen] = [await it.waiter("Ana"), await it.kitchen()];
    await sent(ana, "T4", "Tomato salad", "Soup of the day");
    await ticket(kitchen, "T4").waitFor({ timeout: SOON });
    await says(ana, "Tomato salad", /Seen by the kitchen/);
    const before = await ticket(kitchen, "T4").boundingBox();
    kitchen.net.cut();
    await kitchen.page.getByText(/^Offline since/).waitFor();
    assert.deepEqual(await ticket(kitchen, "T4").boundingBox(), before, "nothing moves away under a hand");
    const { keyboard } = kitchen.page;
    await keyboard.press("1");
    await keyboard.press("Enter");
    await ticket(kitchen, "T4").getByText("Cooking").waitFor();
    await keyboard.press("b");
    await ticket(kitchen, "T4").waitFor({ state: "detached" });
    await keyboard.press("u");
    await ticket(kitchen, "T4").getByText("Called back").waitFor();
    await keyboard.press("s");
    const bar = kitchen.page.getByRole("tab", { name: "Bar" });
    await kitchen.page.getByText("Nothing to cook").waitFor();
    assert.equal(await bar.getAttribute("aria-selected"), "true");
    kitchen.net.mend();
    await kitchen.drained();
    await kitchen.reload();
    await bar.waitFor();
    assert.equal(await bar.getAttribute("aria-selected"), "true");
    await says(ana, "Tomato salad", /Being prepared/);
  });

  test("whatever is touched is 64 pixels and more each way", async () => {
    const [ana, kitchen] = [await it.waiter("Ana"), await it.kitchen()];
    await sent(ana, "T4", "Tomato salad", "Soup of the day");
    await dish(kitchen, "T4", /Tomato salad/).click();
    const small = () =>
      kitchen.page.evaluate(() => {
        const sheet = document.querySelector("dialog[open]");
        const touched = [...(sheet ?? document).querySelectorAll("button, input")].filter((element) => element.checkVisibility());
        const boxes = touched.map((element) => [element.textContent || element.ariaLabel, element.getBoundingClientRect()]);
        return boxes.filter(([, { width, height }]) => Math.min(width, height) < 63.99).map(([name, { width, height }]) => `${name} ${width}×${height}`);
      });
    for (const viewport of [{ width: 1920, height: 1080 }, { width: 1366, height: 768 }]) {
      await kitchen.page.setViewportSize(viewport);
      assert.deepEqual(await small(), []);
      for (const key of ["r", "x", "?"]) {
        await kitchen.page.keyboard.press(key);
        await kitchen.page.getByRole("dialog").waitFor();
        assert.deepEqual(await small(), [], key);
        await kitchen.page.keyboard.press("Escape");
        await kitchen.page.getByRole("dialog").waitFor({ state: "detached" });
      }
    }
  });
});
