// Pictures of the screens at the sizes that people hold them in, in light and dark, and what axe finds wrong with them.
import assert from "node:assert/strict";
import { mkdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { describe, test } from "node:test";
import { evening } from "./lib/evening.mjs";
import { TARGET } from "./lib/program.mjs";

const LOOK = join(TARGET, "look");
const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const SIZES = {
  phone: { width: 390, height: 844 },
  portrait: { width: 820, height: 1180 },
  tablet: { width: 1180, height: 820 },
  laptop: { width: 1366, height: 768 },
};
const WALL = { width: 1920, height: 1080 };

describe("the look", () => {
  const it = evening();
  const found = [];

  // In both themes at each size; axe looks once for each theme.
  async function picture({ page }, name, sizes = SIZES) {
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      for (const [size, box] of Object.entries(sizes)) {
        await page.setViewportSize(box);
        await settled(page);
        await page.screenshot({ path: join(LOOK, `${name}-${size}-${colorScheme}.png`) });
      }
      await inspect(page, `${name}, ${colorScheme}`);
    }
  }

  // Two frames after the last: what depends on the size has been drawn anew.
  const settled = (page) =>
    page.evaluate(async () => {
      await document.fonts.ready;
      for (let frame = 0; frame < 2; frame += 1) await new Promise((drawn) => requestAnimationFrame(drawn));
    });

  async function inspect(page, name) {
    if (!(await page.evaluate(() => window.axe))) {
      // The page's policy takes no script from a test, so it is told to the page as a test's own.
      await page.evaluate(await readFile(AXE, "utf8"));
    }
    const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
    for (const { id, impact, nodes } of violations) {
      found.push({ impact, what: `${name}: ${id} (${impact}) ${nodes.map(({ html }) => html.slice(0, 120)).join(" | ")}` });
    }
  }

  test("floor, table, kitchen and sync sheet, while things wait", async (t) => {
    await mkdir(LOOK, { recursive: true });
    const [ana, ben, kitchen] = [await it.waiter("Ana"), await it.waiter("Ben"), await it.kitchen()];
    for (const [table, guests, ...dishes] of [
      ["T2", 4, "Burrata", "Octopus", "Rib eye", "Sea bass, fennel"],
      ["T5", 3, "Tagliatelle", "Gnocchi", "Risotto"],
    ]) {
      await ben.openTable(table, guests);
      await ben.add(...dishes);
      await ben.send(dishes.length);
      await ben.toFloor();
    }
    await ana.openTable("T4", 2);
    await ana.add("Tomato salad", "Soup of the day");
    await ana.send(2);
    await ana.drained();
    await kitchen.page.getByRole("article", { name: /^T4/ }).waitFor();
    await picture(kitchen, "kitchen", { wall: WALL });
    await ben.goTo("T4");
    await ben.line("Soup of the day").waitFor();
    ana.net.cut();
    await ana.add("Bread & butter");
    await ana.send(1);
    await ana.add("Rib eye");
    await ana.button(/waiting · offline/).waitFor();
    await picture(ana, "table");
    await ana.page.setViewportSize(SIZES.tablet);
    await ana.pill().click();
    await ana.page.getByRole("dialog").waitFor();
    await picture(ana, "sync");
    await ana.page.keyboard.press("Escape");
    await ana.toFloor();
    await picture(ana, "floor");
    kitchen.net.cut();
    await kitchen.page.getByText(/Offline since/).first().waitFor();
    await picture(kitchen, "kitchen-offline", { wall: WALL });
    for (const { what } of found) t.diagnostic(what);
    assert.deepEqual(found.filter(({ impact }) => ["serious", "critical"].includes(impact)), []);
  });
});
