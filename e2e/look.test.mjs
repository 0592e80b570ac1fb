// Pictures of every screen at the sizes that people hold them in, light, dark and from right to left; what axe finds wrong with
// them, and whether all that is touched can be hit.
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { launch } from "./lib/browser.mjs";
import { newDevice } from "./lib/device.mjs";
import { foundedHub } from "./lib/founded.mjs";
import { startHub } from "./lib/hub.mjs";
import { LOOK, SIZES, WALL, looker, settled } from "./lib/look.mjs";
import { HUB, start } from "./lib/program.mjs";

const { tablet, phone } = SIZES;
const ADMIN = "Ada";
const ONE = { tablet };

describe("the look", () => {
  const devices = [];
  let [browser, hub, ana, ben, kitchen] = [];
  const keep = (device) => (devices.push(device), device);
  const open = async (options) => keep(await newDevice(browser, hub, { viewport: tablet, ...options }));

  // An evening that goes on: a week behind it, five tables at their various places, and something that went otherwise.
  before(async () => {
    [browser, hub] = await Promise.all([launch(), startHub({ days: 7 })]);
    [ana, ben, kitchen] = [await open(), await open(), await open({ screen: "kitchen", viewport: WALL.wall })];
    for (const [one, name] of [[ana, "Ana"], [ben, "Ben"]]) await one.signIn(name);
    await kitchen.page.getByText("Nothing to cook").waitFor();
    const order = async (who, table, guests, ...dishes) => {
      await who.openTable(table, guests);
      await who.add(...dishes);
      await who.send(dishes.length);
    };
    for (const [table, guests, ...dishes] of [
      ["T2", 4, "Burrata", "Octopus", "Rib eye", "Sea bass, fennel"],
      ["T5", 3, "Tagliatelle", "Gnocchi", "Risotto"],
    ]) {
      await order(ben, table, guests, ...dishes);
      await ben.toFloor();
    }
    await order(ben, "T7", 6, "Tomato salad");
    await ben.button("Bill").click();
    await ben.button("The guests ask for it").click();
    await ben.button("Check").first().click();
    await order(ana, "T6", 1, "Fried artichokes").then(() => ana.toFloor());
    await order(ana, "T3", 2, "Risotto", "Tomato salad");
    await ana.button("Bill").click();
    await ana.button(/^Exactly/).click();
    await ana.button(/^Take/).click();
    await ana.button("To the floor").click();
    await order(ana, "T4", 2, "Tomato salad", "Soup of the day", "Bread & butter");
    const ticket = (table) => kitchen.page.getByRole("article", { name: new RegExp(`^${table}`) });
    await ticket("T4").getByRole("button", { name: /Soup of the day/ }).click();
    await ticket("T4").getByRole("button", { name: /Bread & butter/ }).click();
    await ticket("T4").getByRole("button", { name: /Bread & butter.*Cooking/ }).click();
    await kitchen.button("Bump T6").click();
    // Two of one mind, and one of them too late: there is a card.
    await ana.add("Rib eye");
    await ana.drained();
    await ben.toFloor();
    await ben.goTo("T4");
    await ben.line("Rib eye").waitFor();
    ben.net.cut();
    await ben.send(1);
    await ana.send(1);
    await ana.drained();
    ben.net.mend();
    await ben.drained();
    await ana.add("Octopus", "Gnocchi");
    await ana.drained();
  });
  after(async () => {
    for (const device of devices) await device.close();
    await browser.close();
    await hub.stop();
  });

  // One after the other, found by where they stand and not by what they say, so that any language is walked through.
  async function walk({ page, ...device }, tag, { picture }, how) {
    const { tables } = await device.query({ of: "floor" });
    const [t4, free] = [tables.find(({ name }) => name === "T4"), tables.find(({ checks, spot }) => !checks.length && spot)];
    const order = t4.checks[0].order;
    const go = async (hash, there) => {
      await page.setViewportSize(tablet);
      await page.evaluate((hash) => (location.hash = hash), hash);
      await page.locator(there).first().waitFor();
    };
    const shoot = (name, sizes) => picture(page, `${tag}${name}`, { ...how, ...(sizes && { sizes }) });
    const tap = (selector) => page.locator(selector).first().click();
    // A sheet of the check is opened where the check is in sight.
    const sheet = async (name, ...taps) => {
      await page.setViewportSize(tablet);
      for (const one of taps) await tap(one);
      await page.locator("dialog[open]").waitFor();
      await shoot(name, /check|course|unsent/.test(taps[0]) ? { tablet, portrait: SIZES.portrait } : { tablet, phone });
      await page.setViewportSize(tablet);
      await page.keyboard.press("Escape");
      await page.locator("dialog[open]").waitFor({ state: "detached" });
    };
    await go("#/", ".plan");
    await shoot("floor");
    await tap(".rooms .button");
    await shoot("floor-list", ONE);
    await page.setViewportSize(tablet);
    await tap(".rooms .button");
    await sheet("guests", `#plan-${free.id}`);
    await sheet("sync", "#sync-pill");
    await sheet("person", ".person");

    await go(`#/table/${t4.id}/${order}`, "li.line");
    await shoot("table");
    await page.setViewportSize(phone);
    await tap(".turn");
    await shoot("table-check", { phone });
    await tap(".turn");
    await sheet("dish", ".dish-more");
    await page.locator("input[type=search]").fill("rib");
    await sheet("choose", ".dish-tap");
    await shoot("search", ONE);
    await page.locator("input[type=search]").fill("");
    await sheet("line-draft", ".unsent .line-tap");
    await sheet("line-sent", ".course:not(.unsent) .line-tap");
    await sheet("void", ".course:not(.unsent) .line-tap", ".sheet-acts .button:last-child", ".options button");
    await sheet("more", ".check-head .icon-only");
    await sheet("cancel", ".check-head .icon-only", ".sheet-acts .button:last-child");

    await go(`#/bill/${order}`, ".paper");
    await tap("#quick-1");
    await shoot("bill");

    for (const [name, there] of [["today", ".bars"], ["bills", ".office-row"], ["reports", ".report table"], ["people", ".office-row"], ["devices", ".office-row"]]) {
      await go(`#/office/${name}`, there);
      await settled(page);
      await shoot(`office-${name}`, ["people", "devices"].includes(name) ? { tablet, phone } : undefined);
    }
    await sheet("device", ".office-row");
    await go("#/office/people", ".office-row");
    await sheet("person-of-ours", ".office-row");
    await sheet("person-add", ".office-tools .primary");
    await go("#/office/bills", ".office-tools .icon-only");
    await tap(".office-tools .icon-only");
    await page.locator(".office-row").first().click();
    await page.locator(".trail li").first().waitFor();
    await shoot("office-bill", { tablet, phone });
    await page.setViewportSize(tablet);
    await page.keyboard.press("Escape");
    await go("#/", ".plan");
  }

  test("everything that waiters and managers see, light and dark", async () => {
    const look = looker();
    const admin = await open();
    await admin.page.locator(".tiles").waitFor();
    await look.picture(admin.page, "sign-in", { sizes: { tablet, phone } });
    await admin.page.setViewportSize(tablet);
    await admin.signIn(ADMIN);
    await walk(admin, "", look);
    look.nothingWrong();
  });

  test("a card, and what is not in the kitchen yet", async () => {
    const look = looker();
    await ben.page.getByRole("banner").getByRole("button", { name: /attention/ }).click();
    await ben.page.getByRole("dialog").waitFor();
    await look.picture(ben.page, "attention", { sizes: { tablet, phone } });
    await ben.page.keyboard.press("Escape");
    ana.net.cut();
    await ana.send(2);
    await ana.button(/waiting · offline/).waitFor();
    await look.picture(ana.page, "table-offline", { sizes: { tablet, phone } });
    ana.net.mend();
    await ana.page.setViewportSize(tablet);
    await ana.add("Beef tartare");
    await ana.drained();
    look.nothingWrong();
  });

  test("everything from right to left", async () => {
    const look = looker();
    const admin = await open();
    await admin.signIn(ADMIN);
    await admin.page.evaluate(() => (localStorage["comanda-app-language"] = "ar"));
    await admin.reload();
    await admin.page.locator("html[dir=rtl]").waitFor();
    // After a reload the hub wants to know once more who it is.
    await admin.page.evaluate(() => (location.hash = "#/office/people"));
    await admin.page.locator(".again").waitFor();
    await look.picture(admin.page, "rtl-sign-in-again", { sizes: ONE, themes: ["light"] });
    await admin.page.locator("#sign-in-password").fill("demo-admin");
    await admin.page.keyboard.press("Enter");
    await admin.page.locator(".office-row").first().waitFor();
    await walk(admin, "rtl-", look, { themes: ["light"] });
    look.nothingWrong();
  });

  test("the kitchen, from two metres and from right to left", async () => {
    const look = looker({ least: 64 });
    const { page } = kitchen;
    const sizes = WALL;
    for (const theme of ["dark", "light"]) {
      await page.evaluate((theme) => (localStorage["comanda-kitchen-theme"] = theme), theme);
      await kitchen.reload();
      await page.locator(".board").waitFor();
      await look.picture(page, `kitchen-${theme}`, { sizes, themes: ["light"] });
    }
    for (const [key, name] of [["r", "recall"], ["x", "stock"], ["?", "keys"]]) {
      await page.keyboard.press(key);
      await page.getByRole("dialog").waitFor();
      await look.picture(page, `kitchen-${name}`, { sizes: { laptop: SIZES.laptop }, themes: ["light"] });
      await page.keyboard.press("Escape");
      await page.getByRole("dialog").waitFor({ state: "detached" });
    }
    await page.evaluate(() => (localStorage["comanda-kitchen-language"] = "ar"));
    await kitchen.reload();
    await page.locator("html[dir=rtl] .board").waitFor();
    await look.picture(page, "rtl-kitchen", { sizes, themes: ["light"] });
    await page.evaluate(() => (localStorage["comanda-kitchen-language"] = "en"));
    await kitchen.reload();
    kitchen.net.cut();
    await page.getByText(/Offline since/).first().waitFor();
    await look.picture(page, "kitchen-offline", { sizes, themes: ["light"] });
    look.nothingWrong();
  });
});

describe("the look of a new restaurant", () => {
  test("the first run, the device, and the PIN", async (t) => {
    const look = looker();
    const data = await mkdtemp(join(tmpdir(), "comanda-first-look-"));
    const [browser, founded] = [await launch(), await foundedHub()];
    const empty = await start(HUB, ["serve"], { COMANDA_DATA: data, COMANDA_LISTEN: "127.0.0.1:0", RUST_LOG: "error" });
    const first = await newDevice(browser, empty);
    const luca = await founded.device(browser);
    const stranger = await newDevice(browser, founded);
    t.after(async () => {
      for (const device of [first, luca, stranger]) await device.close();
      await browser.close();
      await empty.stop();
      await founded.stop();
      await rm(data, { recursive: true, force: true });
    });
    for (const [language, tag, themes] of [["en", "", ["light", "dark"]], ["ar", "rtl-", ["light"]]]) {
      await first.page.evaluate((language) => (localStorage["comanda-app-language"] = language), language);
      await first.page.reload();
      await first.page.locator("#first-restaurant").waitFor();
      await look.picture(first.page, `${tag}first-run`, { themes });
    }
    await stranger.page.getByRole("textbox", { name: "Code" }).waitFor();
    await look.picture(stranger.page, "enrol", { sizes: { tablet, phone } });
    await luca.button(/Luca Conti/).click();
    await luca.page.getByRole("dialog").waitFor();
    await look.picture(luca.page, "pin", { sizes: { tablet, phone } });
    await luca.button("Password instead").click();
    await luca.page.getByLabel("Password").waitFor();
    await look.picture(luca.page, "password", { sizes: { tablet, phone } });
    look.nothingWrong();
  });
});

// Which of the pictures the README shows.
const SHOWN = {
  floor: "floor-tablet-light",
  table: "table-tablet-light",
  kitchen: "kitchen-dark-laptop-light",
  reports: "office-reports-tablet-light",
};

test("the README shows four of them, as large as they are here, and none is heavy", async () => {
  const root = new URL("..", import.meta.url).pathname;
  const readme = await readFile(join(root, "README.md"), "utf8");
  // A PNG says how large it is right after its first chunk's name.
  const size = (png) => [png.readUInt32BE(16), png.readUInt32BE(20)];
  for (const [name, made] of Object.entries(SHOWN)) {
    assert.ok(readme.includes(`](docs/pictures/${name}.png)`), name);
    const shown = await readFile(join(root, "docs/pictures", `${name}.png`));
    assert.ok(shown.length < 64_000, `${name} has ${shown.length} bytes`);
    assert.deepEqual(size(shown), size(await readFile(join(LOOK, `${made}.png`))), name);
  }
});
