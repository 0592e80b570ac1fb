// The hub's disk is gone at nine, in mid-service. The backup is of six, and the devices bring back all that was done since.
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { Consumer } from "../docs/consumer.mjs";
import { agree } from "./lib/accounts.mjs";
import { cooks, waits } from "./lib/crowd.mjs";
import { evening } from "./lib/evening.mjs";
import { sameEverywhere } from "./lib/everywhere.mjs";
import { SIZES, looker } from "./lib/look.mjs";
import { chance, seed } from "./lib/random.mjs";
import { until } from "./lib/until.mjs";
import { wholeEvening } from "./lib/whole.mjs";

// The manager's screen while the hub gathers, at each size, light and dark; and from right to left.
async function lookedAt(marta) {
  const { page } = marta;
  const look = looker();
  await look.picture(page, "recovery");
  await page.setViewportSize(SIZES.tablet);
  const speaks = async (language) => {
    await page.evaluate((language) => (localStorage["comanda-app-language"] = language), language);
    await marta.reload();
    await page.locator("#sign-in-password").fill("demo-manager");
    await page.keyboard.press("Enter");
    await page.locator(".recovery").waitFor();
  };
  await speaks("ar");
  await look.picture(page, "rtl-recovery", { sizes: { tablet: SIZES.tablet }, themes: ["light"] });
  await speaks("en");
  look.nothingWrong();
}

describe("an evening is put back", () => {
  const it = evening({ kafka: true });

  test("each order, payment and receipt number, nothing cooked twice, and who listens is told", async (t) => {
    const { hub } = it;
    const [ana, ben, marta, kitchen] = [await it.waiter("Ana"), await it.waiter("Ben"), await it.waiter("Marta"), await it.kitchen()];
    const folder = await mkdtemp(join(tmpdir(), "comanda-backup-"));
    t.after(() => rm(folder, { recursive: true, force: true }));
    const [file, of] = [join(folder, "six.backup"), seed()];
    const random = chance(of);
    await hub.backup(file);

    const told = (line) => t.diagnostic(line);
    const { book, seen, feed } = await wholeEvening({ hub, ana, ben, marta, kitchen }, { seed: of, told });
    const bills = await hub.all("/billing/bills");
    const receipts = (bills) => bills.map(({ id, series, number, total }) => `${id} ${series}.${number} ${total}`);

    // Ana goes on while there is no hub: one more table, from the first dish to the change.
    await hub.kill();
    book.most = book.stored + 1;
    const tables = (await ana.floor()).tables.map(({ id }) => id);
    const dishes = (await ana.query({ of: "menu" })).dishes.filter(({ name }) => /^(Tomato salad|Soup of the day)/.test(name));
    await waits(ana, { book, tables, dishes, random, mayVoid: false, over: () => book.stored >= book.most });

    told(await hub.restore(file));
    const lost = performance.now();
    const url = await hub.startAgain();
    for (const { net } of [ana, ben, marta, kitchen]) net.to(url);
    const cooked = () => new Set([...seen.values()].flat());
    await cooks(kitchen, { seen, random, over: () => book.lines().every(([line]) => cooked().has(line)) });
    await agree({ hub, devices: [ana, ben, marta], kitchen, book, seen });
    const seconds = (performance.now() - lost) / 1000;
    told(`${bills.length} bills and ${book.orders.size} orders were there again after ${seconds.toFixed(1)} s`);
    assert.ok(seconds < 180);
    const back = await hub.all("/billing/bills");
    for (const receipt of receipts(bills)) assert.ok(receipts(back).includes(receipt), `${receipt} kept its number`);
    const printed = back.map(({ series, number }) => `${series}.${number}`);
    assert.equal(new Set(printed).size, printed.length, "no number is printed twice");
    told(await hub.verify());

    const now = (await hub.feed()).filter(({ type }) => type !== "epoch.started");
    for (const topic of new Set(feed.map(({ type }) => type))) {
      const due = new Map(now.filter(({ type }) => type === topic).map(({ subject, data }) => [subject, data]));
      const heard = () => {
        const consumer = new Consumer();
        for (const record of it.kafka.read(topic)) consumer.take(record);
        return consumer.now;
      };
      const last = Math.max(...now.filter(({ type }) => type === topic).map(({ seq }) => seq));
      await until(() => it.kafka.read(topic).some(({ epoch, seq }) => epoch > 1 && seq >= last), { what: `${topic} in Kafka` });
      assert.deepEqual(heard(), due, `whoever listens to ${topic} has what the hub has`);
    }
  });

  test("one that does not come is waited for, until a manager goes on without it; it comes later", async (t) => {
    const { hub } = it;
    const [ana, ben, marta, kitchen] = [await it.waiter("Ana"), await it.waiter("Ben"), await it.waiter("Marta"), await it.kitchen()];
    const folder = await mkdtemp(join(tmpdir(), "comanda-backup-"));
    t.after(() => rm(folder, { recursive: true, force: true }));
    const file = join(folder, "six.backup");
    await hub.backup(file);
    await ana.openTable("T4", 2);
    await ana.add("Tomato salad");
    await ana.send(1);
    await ben.openTable("T5", 3);
    await ben.add("Soup of the day");
    await ben.send(1);
    for (const device of [ana, ben, marta, kitchen]) await device.drained();
    ben.net.cut();
    await ben.add("Bread & butter");
    await ben.send(1);

    await marta.click(/^Office$/);
    await marta.click(/^Devices$/);
    await marta.reload();
    const password = marta.page.getByLabel("Password", { exact: true });
    await password.pressSequentially("demo-");

    await hub.kill();
    await hub.restore(file);
    const url = await hub.startAgain();
    for (const { net } of [ana, ben, marta, kitchen]) net.to(url);
    await ana.sees(/the hub was put back and gathers what its devices hold/);
    await ana.add("Gnocchi");
    // The page becomes another one while she types.
    await marta.knows(({ trouble }) => trouble?.what === "hub_recovering");
    await password.pressSequentially("manager");
    await marta.click(/^Sign in$/);
    await marta.sees(/The hub was put back to an earlier state/);
    await lookedAt(marta);
    await marta.click(/^Wait no longer…$/);
    await marta.click(/^Go on without those that are missing$/);
    await ana.send(1);
    await ana.drained();
    ben.net.mend();
    const sent = ["Tomato salad", "Soup of the day", "Bread & butter", "Gnocchi, sage butter"];
    await sameEverywhere({ ...it, devices: [ana, ben, marta], kitchen, sent });
  });
});
