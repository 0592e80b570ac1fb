// A real PostgreSQL in a folder of its own, on a free port; it ends with whoever started it, however that ends.
import { spawnSync } from "node:child_process";
import { chown, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, run, watched } from "./server.mjs";
import { until } from "./until.mjs";

const INSTALL = "install PostgreSQL, as on Debian with: apt-get install postgresql";

export async function startPostgres() {
  const found = (await readdir("/usr/lib/postgresql").catch(() => [])).sort().at(-1);
  if (!found) throw new Error(INSTALL);
  const bin = (name) => join("/usr/lib/postgresql", found, "bin", name);
  const folder = await mkdtemp(join(tmpdir(), "comanda-postgres-"));
  const data = join(folder, "data");
  // It refuses to run as root: then it runs as the user that its package made.
  const root = process.getuid() === 0;
  const as = root ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] : [];
  if (root) await chown(folder, Number(run("id", ["-u", "postgres"], INSTALL)), Number(run("id", ["-g", "postgres"], INSTALL)));
  const [first, ...rest] = [...as, bin("initdb"), "-D", data, "-A", "trust", "-U", "comanda", "-E", "UTF8", "--locale=C", "--no-sync"];
  run(first, rest, INSTALL);
  const port = await freePort();
  const settings = ["-c", "listen_addresses=127.0.0.1", "-c", `unix_socket_directories=${folder}`];
  const server = watched([...as, bin("postgres"), "-D", data, "-p", `${port}`, ...settings]);
  const at = ["-h", "127.0.0.1", "-p", `${port}`];
  await until(() => spawnSync(bin("pg_isready"), ["-q", ...at]).status === 0, { what: "PostgreSQL comes up" });
  let databases = 0;
  return {
    // A new one, empty.
    database() {
      const name = `evening${(databases += 1)}`;
      run(bin("createdb"), [...at, "-U", "comanda", name], INSTALL);
      return `postgres://comanda@127.0.0.1:${port}/${name}`;
    },
    async stop() {
      await server.kill();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
