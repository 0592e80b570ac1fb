// The desktop program in a display of its own, driven by WebKit's WebDriver: the same questions as to a browser's device.
import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { join } from "node:path";
import { Asked, FIND } from "./device.mjs";
import { TARGET } from "./program.mjs";
import { freePort } from "./server.mjs";
import { until } from "./until.mjs";

const ELEMENT = "element-6066-11e4-a52e-4f735466cecf";

const LABELLED = `(label) => {
  const found = [...document.querySelectorAll("label")].find((one) => one.textContent.trim() === label);
  return found && document.getElementById(found.htmlFor);
}`;
const SEARCH = `() => document.querySelector('input[type="search"], [role="searchbox"]')`;

const goneOf = (child) => new Promise((resolve) => child.once("exit", resolve));

// A screen that nobody sits before.
export async function display() {
  const child = spawn("Xvfb", ["-displayfd", "1", "-screen", "0", "1180x820x24", "-nolisten", "tcp"], { stdio: ["ignore", "pipe", "inherit"] });
  const gone = goneOf(child);
  const number = await new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code) => reject(new Error(`Xvfb ended with ${code}`)));
    createInterface(child.stdout).once("line", resolve);
  });
  const name = `:${number}`;
  return {
    name,
    picture: (file) =>
      new Promise((resolve, reject) => {
        const shot = spawn("import", ["-display", name, "-window", "root", file], { stdio: "inherit" });
        shot.on("exit", (code) => (code ? reject(new Error(`import ended with ${code}`)) : resolve(file)));
      }),
    close: () => (child.kill(), gone),
  };
}

// The program on a home of its own, with its network through `net`. It may be killed and started again.
export class Desktop extends Asked {
  static async start({ display, home, net, env = {} }) {
    const port = await freePort();
    const child = spawn("WebKitWebDriver", [`--port=${port}`, "--host=127.0.0.1"], {
      stdio: ["ignore", "ignore", process.env.COMANDA_LOUD ? "inherit" : "ignore"],
      env: {
        ...process.env,
        DISPLAY: display.name,
        HOME: home,
        XDG_DATA_HOME: join(home, "data"),
        XDG_CACHE_HOME: join(home, "cache"),
        XDG_CONFIG_HOME: join(home, "config"),
        WEBKIT_DISABLE_COMPOSITING_MODE: "1",
        TAURI_AUTOMATION: "true",
        TAURI_WEBVIEW_AUTOMATION: "true",
        NO_AT_BRIDGE: "1",
        ...env,
      },
    });
    const device = new Desktop();
    Object.assign(device, { child, gone: goneOf(child), net, driver: `http://127.0.0.1:${port}` });
    try {
      await until(async () => (await fetch(`${device.driver}/status`)).ok, { what: "WebKit's driver answers", within: 60_000 });
      const binary = join(TARGET, "debug/comanda-desktop");
      const asked = { capabilities: { alwaysMatch: { "webkitgtk:browserOptions": { binary, args: [] } } } };
      device.session = (await device.#http("POST", "/session", asked, 120_000)).sessionId;
      await device.#do("POST", "/timeouts", { script: 20_000 });
    } catch (error) {
      await device.close();
      throw error;
    }
    return device;
  }

  async #http(method, path, body, within = 60_000) {
    const answer = await fetch(`${this.driver}${path}`, { method, body: body && JSON.stringify(body), signal: AbortSignal.timeout(within) });
    const { value } = await answer.json();
    if (value?.error) throw new Error(`${method} ${path}: ${value.error}: ${value.message}`);
    return value;
  }

  #do(method, path, body) {
    return this.#http(method, `/session/${this.session}${path}`, body);
  }

  run = (script, ...args) => this.#do("POST", "/execute/sync", { script: `return (${script})(...arguments)`, args });

  // A bridge call, as the screen makes it; or as a screen of another build would.
  async ask(request, build) {
    const script = `
      const [json, build, done] = arguments;
      const said = build ? window.__TAURI_INTERNALS__.invoke("bridge", { build, json }) : window.comanda.call(json);
      said.then(done, (why) => done(JSON.stringify({ answer: "none", why: String(why) })));`;
    return JSON.parse(await this.#do("POST", "/execute/async", { script, args: [JSON.stringify(request), build ?? null] }));
  }

  #find(kind, name) {
    return until(() => this.run(FIND, kind, name.source), { what: `${kind} ${name}`, within: 30_000 });
  }

  async click(name, kind = "button") {
    // What is redrawn between the look and the click is looked for again.
    await until(async () => {
      const element = await this.#find(kind, name);
      // Away from what stands still at an edge.
      await this.run("(element) => element.scrollIntoView({ block: 'center' })", element);
      await this.#do("POST", `/element/${element[ELEMENT]}/click`, {});
      return true;
    });
  }

  type = (label, text) => this.#typeInto(LABELLED, label, text);

  // WebDriver's own way of clearing a field is no input that a page would hear of: what was looked for before is taken away first.
  async search(text) {
    const emptied = `() => {
      const field = (${SEARCH})();
      if (field) field.value = "";
      return field?.dispatchEvent(new InputEvent("input", { bubbles: true }));
    }`;
    await until(() => this.run(emptied), { what: "a field to search in" });
    await this.#typeInto(SEARCH, "search", text);
  }

  async #typeInto(which, label, text) {
    const field = await until(() => this.run(which, label), { what: `field ${label}`, within: 30_000 });
    await this.#do("POST", `/element/${field[ELEMENT]}/clear`, {});
    await this.#do("POST", `/element/${field[ELEMENT]}/value`, { text });
  }

  // It is a device of this hub's from here on, and somebody has signed in.
  async arrives(hub, name) {
    await this.sees(/Add this device/);
    const { code } = await hub.rest("POST", "/devices/codes", { body: { kind: "waiter" } });
    await this.type("Name of this device", "Till");
    await this.type("Code", code);
    await this.click(/^Add device$/);
    await this.click(new RegExp(name));
    await this.click(/^Password instead$/);
    await this.type("Password", `demo-${name.toLowerCase()}`);
    await this.click(/^Sign in$/);
    await this.sees(/Floor/);
  }

  // The process, at once: no word of goodbye.
  async kill() {
    const pid = await this.pid();
    process.kill(pid, "SIGKILL");
    await this.close();
  }

  // The window's process is the driver's child.
  async pid() {
    const children = await readFile(`/proc/${this.child.pid}/task/${this.child.pid}/children`, "utf8");
    return Number(children.trim().split(" ")[0]);
  }

  // The driver closes the page, and not always the process around it, which would keep its home from the next one.
  async close() {
    const pid = await this.pid().catch(() => 0);
    if (this.session) await this.#do("DELETE", "").catch(() => {});
    this.session = undefined;
    this.child.kill();
    await this.gone;
    if (!pid) return;
    if (!(await isGone(pid))) process.kill(pid, "SIGTERM");
    await until(() => isGone(pid), { what: "the window's process is gone" });
  }
}

// What nobody has buried yet has ended all the same.
const isGone = (pid) => readFile(`/proc/${pid}/stat`, "utf8").then((stat) => / Z /.test(stat), () => true);
