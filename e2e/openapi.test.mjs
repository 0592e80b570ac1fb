// A stranger's program (schemathesis) reads the OpenAPI document and tries what it says: nothing answers 5xx, nothing
// answers what the document does not say.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { access, mkdir, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { startHub } from "./lib/hub.mjs";

const VERSION = "4.32.5";
const CACHE = join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "comanda", `schemathesis-${VERSION}`);
const CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance";

function run(program, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => (said += data));
    child.on("error", reject);
    child.on("exit", (code) => resolve({ code, said }));
  });
}

// Once for each machine, as npm's packages are.
async function install() {
  const complete = join(CACHE, "complete");
  const there = await access(complete).then(() => true, () => false);
  if (there) return;
  await mkdir(CACHE, { recursive: true });
  for (const [program, ...args] of [
    ["python3", "-m", "venv", CACHE],
    [join(CACHE, "bin/pip"), "install", "--quiet", `schemathesis==${VERSION}`],
  ]) {
    const { code, said } = await run(program, args);
    assert.equal(code, 0, `${program} ${args.join(" ")}: ${said}`);
  }
  await writeFile(complete, "");
}

describe("what the OpenAPI document says", () => {
  let hub;
  before(async () => {
    await install();
    // Nobody in service asks so often.
    const unlimited = { COMANDA_RATE_ANONYMOUS: "0", COMANDA_RATE_PER_ACTOR: "0", COMANDA_RATE_SIGN_IN: "0" };
    Object.assign(process.env, unlimited);
    hub = await startHub();
  });
  after(() => hub?.stop());

  async function holds(who, ...which) {
    const bearer = `Authorization: Bearer ${await hub.token(who)}`;
    const { code, said } = await run(join(CACHE, "bin/schemathesis"), [
      ...["run", `${hub.url}/api/v1/openapi.json`, "--header", bearer, "--checks", CHECKS],
      ...["--phases", "examples,coverage,fuzzing", "--max-examples", "10", "--seed", "1"],
      ...["--suppress-health-check", "all", "--continue-on-failure", ...which],
    ]);
    assert.equal(code, 0, said);
    assert.match(said, /generated/, said);
  }

  test("holds for a cook, who sees no money", () =>
    holds("kitchen", "--include-method", "GET", "--exclude-path-regex", "sync/"));
  // Signing out, and what changes people, comes last: it may end the session that asks.
  test("holds for an admin", () => holds("admin", "--exclude-path-regex", "logout|sync/|auth/users/|auth/profile"));
  test("holds where people change", () => holds("admin", "--include-path-regex", "auth/users/|auth/profile|logout"));
});
