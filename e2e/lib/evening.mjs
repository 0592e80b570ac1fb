// What each story begins with: a hub of its own with the demo restaurant, a browser, and devices that are put away.
import { after, afterEach, before, beforeEach } from "node:test";
import { launch } from "./browser.mjs";
import { FIRST_LOAD, newDevice } from "./device.mjs";
import { startHub } from "./hub.mjs";
import { startKafka } from "./kafka.mjs";
import { startPostgres } from "./postgres.mjs";

// Its data lies in SQLite or on PostgreSQL, and it tells a Kafka or none. `shared` is one evening for all of a suite's tests.
export function evening({ store = "sqlite", kafka = false, shared = false } = {}) {
  const [begins, ends] = shared ? [before, after] : [beforeEach, afterEach];
  const it = { devices: [] };
  before(async () => {
    [it.browser, it.postgres, it.kafka] = await Promise.all([launch(), store === "postgres" && startPostgres(), kafka && startKafka()]);
  });
  begins(async () => {
    const settings = {
      ...(it.postgres && { DATABASE_URL: it.postgres.database() }),
      ...(it.kafka && { KAFKA_BROKERS: it.kafka.broker }),
    };
    it.hub = await startHub({ settings });
  });
  // Whoever reads of a failure wants to know where everybody stood.
  afterEach(async (test) => {
    if (!test.error) return;
    for (const device of it.devices) console.log(await device.stands().catch(String));
  });
  ends(async () => {
    for (const device of it.devices.splice(0)) await device.close();
    await it.hub.stop();
  });
  after(() => Promise.all([it.browser.close(), it.postgres && it.postgres.stop(), it.kafka && it.kafka.stop()]));
  const keep = (device) => (it.devices.push(device), device);
  it.kitchen = async () => {
    const kitchen = keep(await newDevice(it.browser, it.hub, { screen: "kitchen", viewport: { width: 1920, height: 1080 } }));
    await kitchen.page.getByText("Nothing to cook").waitFor({ timeout: FIRST_LOAD });
    return kitchen;
  };
  it.waiter = async (name, options = {}) => {
    const waiter = keep(await newDevice(it.browser, it.hub, { viewport: { width: 1180, height: 820 }, ...options }));
    await waiter.signIn(name);
    return waiter;
  };
  return it;
}
