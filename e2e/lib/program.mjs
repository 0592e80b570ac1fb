// Starts a program of ours and waits for the line with its address.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { join } from "node:path";

export const TARGET = process.env.COMANDA_TARGET ?? new URL("../../target", import.meta.url).pathname;

// The hub that the stories are about; the one that is shipped, before it is.
export const HUB = process.env.COMANDA_PROGRAM ?? "debug/comanda";

export async function start(path, args = [], env = {}) {
  const child = spawn(join(TARGET, path), args, { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "inherit"] });
  const gone = new Promise((resolve) => child.once("exit", resolve));
  const url = await new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code) => reject(new Error(`${path} ended with ${code}`)));
    createInterface(child.stdout).on("line", (line) => {
      const found = line.match(/^listening on (\S+)/);
      if (found) resolve(found[1]);
    });
  });
  const end = (signal) => {
    child.kill(signal);
    return gone;
  };
  return { url, stop: () => end("SIGTERM"), kill: () => end("SIGKILL") };
}

// A program of ours to its end, while this process goes on; what it printed.
export async function ends(path, args, env = {}) {
  const child = spawn(join(TARGET, path), args, { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
  const said = [];
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (bytes) => said.push(bytes));
  const code = await new Promise((resolve, reject) => (child.on("error", reject), child.on("close", resolve)));
  const text = Buffer.concat(said).toString();
  if (code !== 0) throw new Error(`${path} ${args.join(" ")} ended with ${code}: ${text}`);
  return text;
}
