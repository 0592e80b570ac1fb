// What each story begins with: a hub of its own with the demo restaurant, a browser, and devices that are put away.
import { after, afterEach, before, beforeEach } from "node:test";
import { launch } from "./browser.mjs";
import { newDevice } from "./device.mjs";
import { startHub } from "./hub.mjs";

export function evening() {
  const it = { devices: [] };
  before(async () => (it.browser = await launch()));
  after(() => it.browser.close());
  beforeEach(async () => (it.hub = await startHub()));
  afterEach(async () => {
    for (const device of it.devices.splice(0)) await device.close();
    await it.hub.stop();
  });
  const keep = (device) => (it.devices.push(device), device);
  it.kitchen = async () => {
    const kitchen = keep(await newDevice(it.browser, it.hub, { screen: "kitchen", viewport: { width: 1920, height: 1080 } }));
    await kitchen.page.getByText("Nothing to cook").waitFor();
    return kitchen;
  };
  it.waiter = async (name, options = {}) => {
    const waiter = keep(await newDevice(it.browser, it.hub, { viewport: { width: 1180, height: 820 }, ...options }));
    await waiter.signIn(name);
    return waiter;
  };
  return it;
}
