// The whole evening in a full house: the waiter cut off, the hub killed, and both; in a browser on SQLite, and in the desktop
// window on PostgreSQL with Kafka beside it.
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { Desktop, display } from "./lib/desktop.mjs";
import { evening } from "./lib/evening.mjs";
import { proxyTo } from "./lib/proxy.mjs";
import { seed } from "./lib/random.mjs";
import { until } from "./lib/until.mjs";
import { wholeEvening } from "./lib/whole.mjs";

async function lived(t, it, ana, how) {
  const [ben, marta, kitchen] = [await it.waiter("Ben"), await it.waiter("Marta"), await it.kitchen()];
  const told = (line) => t.diagnostic(line);
  return { marta, ...(await wholeEvening({ hub: it.hub, ana, ben, marta, kitchen }, { seed: seed(), told, ...how })) };
}

describe("a whole evening in a browser, on SQLite, without Kafka", () => {
  const it = evening();

  test("the waiter's device cut off in the middle", async (t) => {
    const { marta, order, due } = await lived(t, it, await it.waiter("Ana"), { cuts: true });
    // The manager finds the bill, and the evening in the day's figures.
    const bill = (await it.hub.all("/billing/bills?status=paid")).find(({ orderId }) => orderId === order);
    assert.equal(bill.total, due);
    await marta.click(/^Office$/);
    await marta.click(/^Bills$/);
    await marta.sees(new RegExp(`Receipt ${bill.number}\\b`));
    await marta.click(new RegExp(`^Receipt ${bill.number} `));
    await marta.page.getByRole("dialog").getByText(/^Cash · .* Ana /).waitFor();
    const { data: trail } = await marta.ask({ call: "fetch", what: { of: "trail", order } });
    const void_ = trail.items.find(({ kind }) => kind === "orders.void");
    assert.deepEqual([void_.byName, void_.approvedByName, void_.reason], ["Ana Sousa", "Marta Ruiz", "Guest changed their mind"]);
    assert.deepEqual([trail.items[0].kind, trail.items.filter(({ kind }) => kind === "billing.pay").length], ["orders.open", 1]);
    assert.ok(trail.items.every(({ deviceName, at }) => deviceName && at), "each step has its device and its time");
    const { items: sold } = await it.hub.rest("GET", "/reports/best-sellers?from=2000-01-01&to=2999-12-31");
    for (const dish of ["Rib eye, 300 g", "Gnocchi, sage butter"]) assert.ok(sold.some(({ name }) => name === dish), dish);
  });

  test("the hub killed at twenty moments with commands under way", async (t) => lived(t, it, await it.waiter("Ana"), { kills: 20 }));

  test("both", async (t) => lived(t, it, await it.waiter("Ana"), { kills: 20, cuts: true }));
});

describe("a whole evening in the desktop window, on PostgreSQL, with Kafka", () => {
  const it = evening({ store: "postgres", kafka: true });
  let screen, home;
  before(async () => ([screen, home] = await Promise.all([display(), mkdtemp(join(tmpdir(), "comanda-home-"))])));
  after(() => Promise.all([screen.close(), rm(home, { recursive: true, force: true })]));

  test("the waiter cut off, and the hub killed", async (t) => {
    const net = await proxyTo(it.hub.url);
    const ana = await Desktop.start({ display: screen, home, net, env: { COMANDA_HUB: net.url } });
    t.after(() => Promise.all([ana.close(), net.close()]));
    await ana.arrives(it.hub, "Ana");
    const { feed } = await lived(t, it, ana, { kills: 5, cuts: true });
    // Kafka was told what the feed tells: each record, and none but those.
    for (const topic of new Set(feed.map(({ type }) => type))) {
      const due = feed.filter(({ type }) => type === topic);
      const read = () => new Map(it.kafka.read(topic).map((record) => [record.id, record]));
      await until(() => read().size >= due.length, { what: `${topic} in Kafka` });
      assert.deepEqual([...read().values()].sort((a, b) => a.seq - b.seq), due);
    }
  });
});
