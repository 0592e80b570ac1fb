// Looks at a page as people do: pictures at the sizes that they hold, what axe finds wrong, and what is too small to be hit.
import assert from "node:assert/strict";
import { mkdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { TARGET } from "./program.mjs";

export const LOOK = join(TARGET, "look");
const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
export const SIZES = {
  phone: { width: 390, height: 844 },
  portrait: { width: 820, height: 1180 },
  tablet: { width: 1180, height: 820 },
  laptop: { width: 1366, height: 768 },
};
export const WALL = { wall: { width: 1920, height: 1080 }, laptop: SIZES.laptop };

// Two frames after the last: what depends on the size has been drawn anew.
export const settled = (page) =>
  page.evaluate(async () => {
    await document.fonts.ready;
    for (let frame = 0; frame < 2; frame += 1) await new Promise((drawn) => requestAnimationFrame(drawn));
  });

// What is touched and smaller than that, in what lies on top.
const small = (page, least) =>
  page.evaluate((least) => {
    const top = document.querySelector("dialog[open]") ?? document;
    const touched = [...top.querySelectorAll("button, input, select, a[href]")].filter((element) => element.checkVisibility());
    const boxes = touched.map((element) => [element.ariaLabel || element.textContent || element.id, element.getBoundingClientRect()]);
    return boxes
      .filter(([, { width, height }]) => Math.min(width, height) < least - 0.01)
      .map(([name, { width, height }]) => `${name.trim()} ${Math.round(width)}×${Math.round(height)}`);
  }, least);

// `least`: how many pixels whatever is touched has each way.
export function looker({ least = 48 } = {}) {
  const wrong = [];

  async function inspect(page, name) {
    if (!(await page.evaluate(() => window.axe))) {
      // The page's policy takes no script from a test, so it is told to the page as a test's own.
      await page.evaluate(await readFile(AXE, "utf8"));
    }
    const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
    const grave = violations.filter(({ impact }) => ["serious", "critical"].includes(impact));
    for (const { id, impact, nodes } of grave) {
      wrong.push(`${name}: ${id} (${impact}) ${nodes.map(({ html }) => html.slice(0, 120)).join(" | ")}`);
    }
  }

  // In each theme at each size; axe looks once for each theme.
  async function picture(page, name, { sizes = SIZES, themes = ["light", "dark"] } = {}) {
    await mkdir(LOOK, { recursive: true });
    for (const colorScheme of themes) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      for (const [size, box] of Object.entries(sizes)) {
        await page.setViewportSize(box);
        await settled(page);
        await page.screenshot({ path: join(LOOK, `${name}-${size}-${colorScheme}.png`) });
        for (const what of await small(page, least)) wrong.push(`${name}, ${size}: too small to be hit: ${what}`);
      }
      await inspect(page, `${name}, ${colorScheme}`);
    }
  }

  return { picture, nothingWrong: () => assert.deepEqual([...new Set(wrong)], []) };
}
