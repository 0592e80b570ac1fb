// The same evening seen from every side: devices, the hub's REST, the kitchen's screen and the kitchen's REST.
import assert from "node:assert/strict";
import { until } from "./until.mjs";

// Where a line can be once the hub has it and somebody has sent it.
const SENT = ["sent_at_hub", "seen_by_kitchen", "preparing", "ready", "served"];

const sorted = (list) => [...list].sort();
const linesOf = (tickets, line) => sorted(tickets.flatMap((ticket) => ticket.lines.map((one) => `${ticket.id} ${line(one)}`)));

// Each line that was ordered is there once and fired once, by its id, wherever one looks.
export async function sameEverywhere({ hub, devices, kitchen, sent, drafts = [] }) {
  for (const device of [...devices, kitchen]) await device.drained();
  await until(async () => {
    const [orders, hubTickets, board] = await Promise.all([hub.orders(), hub.tickets(), kitchen.board()]);
    const items = orders.flatMap((order) => order.items);
    const ids = (list) => sorted(list.map((item) => item.id));
    assert.equal(items.length, sent.length + drafts.length, "as many lines at the hub as were ordered");
    assert.deepEqual(sorted(items.filter((item) => item.status !== "draft").map((item) => item.name)), sorted(sent));
    assert.deepEqual(sorted(items.filter((item) => item.status === "draft").map((item) => item.name)), sorted(drafts));
    for (const device of devices) {
      const lines = (await device.checks()).flatMap((check) => check.lines);
      assert.deepEqual(ids(lines), ids(items), "the same lines on each device");
      const fired = lines.filter((line) => SENT.includes(line.place.is));
      assert.deepEqual(ids(fired), ids(items.filter((item) => item.status !== "draft")), "fired on each device");
      const drafts = lines.filter((line) => line.place.is === "draft_at_hub");
      assert.equal(fired.length + drafts.length, lines.length, "and all of them at the hub");
    }
    const fired = linesOf(hubTickets, (line) => line.itemId);
    assert.deepEqual(linesOf(board.tickets, (line) => line.id), fired, "the same tickets on the kitchen's screen");
    const once = sorted(fired.map((pair) => pair.split(" ")[1]));
    assert.deepEqual(once, ids(items.filter((item) => item.status !== "draft")), "each line on one ticket, once");
    return true;
  });
}
