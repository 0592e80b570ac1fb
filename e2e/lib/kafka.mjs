// A real Apache Kafka of one broker, and kcat to read from it: a client that we did not write.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, run, watched } from "./server.mjs";
import { until } from "./until.mjs";

const POM = new URL("../../server/tests/kafka/pom.xml", import.meta.url).pathname;
const INSTALL = "install Java 17, Maven and kcat, as on Debian with: apt-get install openjdk-17-jre-headless maven kcat";

// Maven brings the jars once; they are kept beside the other caches, under the hash of what names them.
async function jars() {
  const hash = createHash("sha256").update(await readFile(POM)).digest("hex").slice(0, 16);
  const jars = join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "comanda", `kafka-${hash}`);
  if (!existsSync(jars)) {
    const fresh = `${jars}.${process.pid}`;
    run("mvn", ["-q", "-B", "-f", POM, "dependency:copy-dependencies", "-DincludeScope=runtime", `-DoutputDirectory=${fresh}`], INSTALL);
    await rename(fresh, jars).catch(() => {});
  }
  return jars;
}

export async function startKafka() {
  const folder = await mkdtemp(join(tmpdir(), "comanda-kafka-"));
  const [port, control, classes] = [await freePort(), await freePort(), `${await jars()}/*`];
  const broker = `127.0.0.1:${port}`;
  const once = ["offsets.topic.replication.factor", "transaction.state.log.replication.factor", "transaction.state.log.min.isr"];
  const shared = ["share.coordinator.state.topic.replication.factor", "share.coordinator.state.topic.min.isr"];
  const settings = join(folder, "settings");
  const lines = [
    "process.roles=broker,controller",
    "node.id=1",
    `listeners=PLAINTEXT://${broker},CONTROLLER://127.0.0.1:${control}`,
    `advertised.listeners=PLAINTEXT://${broker}`,
    "controller.listener.names=CONTROLLER",
    `controller.quorum.bootstrap.servers=127.0.0.1:${control}`,
    `log.dirs=${folder}/logs`,
    "group.initial.rebalance.delay.ms=0",
    "num.partitions=1",
    ...[...once, ...shared].map((name) => `${name}=1`),
  ];
  await writeFile(settings, `${lines.join("\n")}\n`);
  const tool = (...words) => run("java", ["-cp", classes, "kafka.tools.StorageTool", ...words], INSTALL);
  tool("format", "--standalone", "-t", tool("random-uuid").trim(), "-c", settings);
  const server = watched(["java", "-Xms128m", "-Xmx512m", "-cp", classes, "kafka.Kafka", settings]);
  const answers = () => spawnSync("kcat", ["-L", "-m", "2", "-b", broker], { timeout: 10_000 }).status === 0;
  await until(answers, { what: "the broker answers", within: 60_000 });
  return {
    broker,
    // All that a topic holds, in its order.
    read(topic) {
      const known = spawnSync("kcat", ["-L", "-m", "2", "-b", broker], { encoding: "utf8", timeout: 10_000 }).stdout;
      if (!known?.includes(`topic "${topic}"`)) return [];
      const args = ["-C", "-q", "-X", "fetch.wait.max.ms=20", "-e", "-b", broker, "-t", topic, "-o", "beginning", "-f", "%s\n"];
      return run("kcat", args, INSTALL).split("\n").filter(Boolean).map((line) => JSON.parse(line));
    },
    async stop() {
      await server.kill();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
