// The desktop program: the same evening in a native window, one more device against the same hub.
import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { Desktop, display } from "./lib/desktop.mjs";
import { evening } from "./lib/evening.mjs";
import { sameEverywhere } from "./lib/everywhere.mjs";
import { TARGET } from "./lib/program.mjs";
import { proxyTo } from "./lib/proxy.mjs";

const LOOK = join(TARGET, "look");

describe("the desktop program", () => {
  const it = evening();
  let screen;
  before(async () => {
    screen = await display();
    await mkdir(LOOK, { recursive: true });
  });
  after(() => screen.close());

  test("asks for the hub, is enrolled, and has the same evening, through a cut and a kill", async (t) => {
    const kitchen = await it.kitchen();
    const net = await proxyTo(it.hub.url);
    const home = await mkdtemp(join(tmpdir(), "comanda-home-"));
    let desktop = await Desktop.start({ display: screen, home, net });
    t.after(async () => {
      await desktop.close();
      await net.close();
      await rm(home, { recursive: true, force: true });
    });

    await desktop.sees(/Address of the hub/);
    await desktop.type("Address of the hub", "127.0.0.1:9");
    await desktop.click(/^Connect$/);
    await desktop.sees(/No hub answers at http:\/\/127\.0\.0\.1:9/);
    await desktop.type("Address of the hub", net.url);
    await desktop.click(/^Connect$/);
    await desktop.arrives(it.hub, "Ana");

    await desktop.click(/^T4 · /);
    await desktop.click(/^2 guests$/);
    await desktop.click(/^Tomato salad.* 9\.50/);
    await desktop.sees(/Tomato salad 9\.50 At the hub/);
    await desktop.click(/^Send 1$/);
    await desktop.sees(/Tomato salad 9\.50 (With|Seen by) the kitchen/);
    await kitchen.page.getByRole("article", { name: /^T4/ }).getByText("Tomato salad").waitFor();

    net.cut();
    await desktop.click(/^Soup of the day.* 8\.00/);
    await desktop.click(/^Send 1$/);
    await desktop.sees(/Soup of the day 8\.00 NOT in the kitchen yet/, 5_000);
    await desktop.sees(/2 waiting · offline since \d+:\d+ · oldest 0:0\d/, 5_000);
    await desktop.click(/^Bread & butter.* 3\.50/);
    await desktop.sees(/3 waiting/);
    await screen.picture(join(LOOK, "desktop-cut-off.png"));

    // The process ends in the middle; another one knows the hub, the person, and what waits.
    await desktop.kill();
    desktop = await Desktop.start({ display: screen, home, net });
    await desktop.sees(/3 waiting · offline/);
    assert.equal((await desktop.who()).person.name, "Ana Sousa");
    net.mend();
    const sent = ["Tomato salad", "Soup of the day"];
    await sameEverywhere({ ...it, devices: [desktop], kitchen, sent, drafts: ["Bread & butter"] });
    await desktop.sees(/All sent/);

    // The hub has moved, and the program is told so.
    await desktop.close();
    const moved = await proxyTo(it.hub.url);
    t.after(() => moved.close());
    net.cut();
    desktop = await Desktop.start({ display: screen, home, net: moved, env: { COMANDA_HUB: moved.url } });
    await desktop.drained();
    await screen.picture(join(LOOK, "desktop.png"));
  });

  test("a screen of another build gets no answer from this core", async (t) => {
    const home = await mkdtemp(join(tmpdir(), "comanda-home-"));
    const desktop = await Desktop.start({ display: screen, home, env: { COMANDA_HUB: it.hub.url } });
    t.after(async () => {
      await desktop.close();
      await rm(home, { recursive: true, force: true });
    });
    await desktop.sees(/Add this device/);
    assert.deepEqual(await desktop.ask({ call: "query", view: { of: "floor" } }, "of another time"), { answer: "trouble", what: "other_build" });
    assert.equal((await desktop.who()).device, null);
  });
});
