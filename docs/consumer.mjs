// A consumer that obeys the contract of Comanda's Kafka topics, to be read or taken over: it ends with what the hub has,
// though records come twice, out of order, or from before a restore, and though it is killed itself at any moment. It keeps
// what it has taken in a file, reads lines of a topic and a record in the broker's order, and may read them all again:
//
//   kcat -G "me-$$" -X auto.offset.reset=earliest -f '%t %s\n' -b localhost:9092 '^(order|bill)[.].*' |
//     node docs/consumer.mjs FILE
import { appendFileSync, existsSync, readFileSync, truncateSync } from "node:fs";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

// What is known of one restaurant's records of one topic.
export class Consumer {
  epoch = 0;
  last = null; // the `seq` that was applied last
  now = new Map(); // subject → data
  applied = []; // what each record has changed, so that it can be taken back

  // Whether the record has changed anything.
  take(record) {
    if (record.epoch < this.epoch) return false; // told by a hub that has been put back since
    if (record.type === "epoch.started") {
      if (record.epoch === this.epoch && record.data.from <= this.last) return false; // told twice
      this.epoch = record.epoch;
      while (this.applied.at(-1)?.seq > record.data.from) this.takeBack(this.applied.pop());
      this.last = record.data.from;
      return true;
    }
    this.epoch = record.epoch;
    this.last ??= record.seq - 1; // without any state, one starts at the first record that one meets
    if (record.seq !== this.last + 1) return false; // known, or past a gap: it comes again in its place
    this.applied.push({ seq: record.seq, subject: record.subject, before: this.now.get(record.subject) });
    this.now.set(record.subject, record.data);
    this.last = record.seq;
    return true;
  }

  takeBack({ subject, before }) {
    if (before === undefined) this.now.delete(subject);
    else this.now.set(subject, before);
  }
}

class Consumers {
  all = new Map(); // topic and restaurant → consumer

  take(line) {
    const at = line.indexOf(" ");
    const record = JSON.parse(line.slice(at + 1));
    const key = line.slice(0, at) + record.source;
    if (!this.all.has(key)) this.all.set(key, new Consumer());
    return this.all.get(key).take(record);
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const [consumers, file] = [new Consumers(), process.argv[2]];
  const kept = existsSync(file) ? readFileSync(file, "utf8") : "";
  const whole = kept.slice(0, kept.lastIndexOf("\n") + 1); // a kill may have cut the last line off
  if (whole !== kept) truncateSync(file, Buffer.byteLength(whole));
  for (const line of whole.split("\n").filter(Boolean)) consumers.take(line);
  for await (const line of createInterface(process.stdin)) if (consumers.take(line)) appendFileSync(file, `${line}\n`);
  for (const { now } of consumers.all.values()) for (const [subject, data] of now) console.log(JSON.stringify({ subject, data }));
}
