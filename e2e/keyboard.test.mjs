// A whole order without a mouse: from the tile to the change, by keys alone.
import assert from "node:assert/strict";
import { test, describe } from "node:test";
import { newDevice } from "./lib/device.mjs";
import { evening } from "./lib/evening.mjs";

describe("by keyboard alone", () => {
  const it = evening();

  // In nobody's hands yet.
  async function stranger() {
    const device = await newDevice(it.browser, it.hub, { viewport: { width: 1180, height: 820 } });
    it.devices.push(device);
    return device;
  }

  // What has the focus, as a screen reader would call it.
  const focused = (page) =>
    page.evaluate(() => {
      const { activeElement: element } = document;
      if (element === document.body) return "";
      const label = element.labels?.[0]?.innerText;
      return (element.ariaLabel ?? label ?? element.innerText ?? "").replace(/\s+/g, " ").trim();
    });

  async function tabTo(page, name, key = "Tab") {
    const passed = [];
    for (let presses = 0; presses < 120; presses += 1) {
      const here = await focused(page);
      if (name.test(here)) return;
      passed.push(here);
      await page.keyboard.press(key);
    }
    assert.fail(`${name} is never reached: ${passed.join(" | ")}`);
  }
  const press = async (page, name, key = "Enter") => {
    await tabTo(page, name);
    await page.keyboard.press(key);
  };

  test("open, add with what has to be chosen, a note, send, bill, cash", async () => {
    const kitchen = await it.kitchen();
    const ana = await stranger();
    const { page } = ana;
    const { keyboard } = page;
    await page.getByRole("heading", { name: "Who is working?" }).waitFor();
    await press(page, /^AS Ana|Ana Sousa/);
    await page.getByRole("heading", { name: "Floor" }).waitFor();
    await page.locator(".plan button").first().waitFor();

    // On the plan one is led by arrows.
    await tabTo(page, /^T\d+ /);
    for (let steps = 0; !/^T4 /.test(await focused(page)); steps += 1) {
      assert.ok(steps < 20, "arrows lead to T4");
      await keyboard.press("ArrowRight");
    }
    await keyboard.press("Enter");
    await page.getByRole("dialog", { name: /how many guests/ }).waitFor();
    await keyboard.press("2");
    await page.getByRole("complementary", { name: "Check" }).waitFor();

    await page.getByRole("searchbox").waitFor();

    // Typing finds, Enter takes; what has to be chosen asks by itself.
    await keyboard.type("rib");
    await page.locator(".dish-tap").filter({ hasText: "Rib eye" }).waitFor();
    await keyboard.press("Enter");
    await page.getByRole("dialog", { name: /^Rib eye/ }).waitFor();
    await press(page, /^Medium rare/);
    await tabTo(page, /^Note to the kitchen/);
    await keyboard.type("no salt");
    await keyboard.press("Enter");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await ana.line("Rib eye").getByText("no salt").waitFor();
    await keyboard.type("soup");
    await page.locator(".dish-tap").filter({ hasText: "Soup of the day" }).waitFor();
    await keyboard.press("Enter");
    await ana.line("Soup of the day").waitFor();
    await press(page, /^Send 2$/);
    const ticket = kitchen.page.getByRole("article", { name: /^T4/ });
    await ticket.getByText("no salt").waitFor();
    await ticket.getByText("Medium rare").waitFor();

    await press(page, /^Bill$/);
    await press(page, /^The guests ask for it$/);
    // Digits are an amount wherever one stands beside the bill.
    await tabTo(page, /^Exactly 40\.00$/);
    await keyboard.type("5000");
    await press(page, /^Take €40\.00$/);
    await page.getByText("Change due").waitFor();
    await page.getByText("€10.00").first().waitFor();
    await press(page, /^To the floor$/);
    await ana.place("T4", "Free").waitFor();
    await ana.drained();
    const { items } = await it.hub.rest("GET", "/billing/bills?status=paid&limit=200");
    assert.deepEqual(items.map(({ total, due, tableName }) => [total, due, tableName]), [[4_000, 0, "T4"]]);
    assert.deepEqual(page.faults, []);
  });
});
