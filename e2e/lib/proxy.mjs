// The network of one device: a TCP proxy of its own between it and the hub, which can be cut, slowed and half-closed.
import { connect, createServer } from "node:net";

export async function proxyTo(hubUrl) {
  let target = new URL(hubUrl);
  let state = "open"; // "cut": ends all that is open and takes nothing new; "silent": takes all, passes nothing on
  let delay = 0;
  const pairs = new Set();

  const server = createServer({ allowHalfOpen: true }, (device) => {
    if (state === "cut") return device.destroy();
    const hub = connect({ host: target.hostname, port: target.port, allowHalfOpen: true });
    const pair = { device, hub };
    pairs.add(pair);
    const over = () => {
      pairs.delete(pair);
      device.destroy();
      hub.destroy();
    };
    for (const [from, to] of [[device, hub], [hub, device]]) {
      from.on("error", over);
      from.on("close", over);
      from.on("data", (bytes) => pass(from, () => to.write(bytes)));
      from.on("end", () => pass(from, () => to.end()));
    }
  });

  // In order, each after the delay of its moment; what is under way when the link falls silent is lost with it.
  function pass(from, deliver) {
    if (state === "silent") return;
    if (!delay) return deliver();
    from.pause();
    setTimeout(() => {
      if (state === "silent") return;
      deliver();
      from.resume();
    }, delay);
  }

  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const dropAll = () => {
    for (const { device, hub } of pairs) {
      device.resetAndDestroy();
      hub.resetAndDestroy();
    }
  };
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    // The hub may come back at another address.
    to: (url) => (target = new URL(url)),
    cut() {
      state = "cut";
      dropAll();
    },
    // Nothing ends, nothing arrives: a cable pulled behind a switch.
    silence: () => (state = "silent"),
    // The hub's half of every link that is open ends; the device's stays.
    halfClose() {
      for (const { device } of pairs) device.end();
    },
    slow: (ms) => (delay = ms),
    mend() {
      if (state === "silent") dropAll();
      state = "open";
      delay = 0;
    },
    async close() {
      dropAll();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
