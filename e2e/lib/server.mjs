// Programs of others that a story needs: run to their end, or kept going as long as this process lives.
import { spawn, spawnSync } from "node:child_process";
import { createServer } from "node:net";

export async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

// To its end, which comes within the time that bringing Kafka's jars may take.
export function run(program, args, install) {
  const ended = spawnSync(program, args, { encoding: "utf8", timeout: 300_000 });
  if (ended.error || ended.status !== 0) throw new Error(`${program} ${args.join(" ")}: ${ended.error ?? ended.stderr} (${install})`);
  return ended.stdout;
}

// A server whose keeper hears when this process is gone. `words` is a program and its arguments.
export function watched(words) {
  const quoted = words.map((word) => `'${word}'`).join(" ");
  const script = `${quoted} >/dev/null 2>&1 </dev/null & p=$!; read -r _; kill -9 $p; wait $p`;
  const keeper = spawn("setsid", ["bash", "-c", script], { stdio: ["pipe", "ignore", "ignore"], cwd: "/" });
  const gone = new Promise((resolve) => keeper.once("exit", resolve));
  return { kill: () => (keeper.stdin.end(), gone) };
}
