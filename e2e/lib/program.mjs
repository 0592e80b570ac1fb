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
