// A consumer that obeys the contract of Comanda's Kafka topics, to be read or taken over: it ends with what the hub has,
// though records come twice, out of order, or from before a restore. For one restaurant's records of one topic, in the
// broker's order:
//
//   kcat -C -e -o beginning -b localhost:9092 -t order.updated | node docs/consumer.mjs
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

export class Consumer {
  epoch = 0;
  last = null; // the `seq` that was applied last
  now = new Map(); // subject → data
  applied = []; // what each record has changed, so that it can be taken back

  take(record) {
    if (record.epoch < this.epoch) return; // told by a hub that has been put back since
    if (record.type === "epoch.started") {
      if (record.epoch === this.epoch) return; // told twice
      this.epoch = record.epoch;
      while (this.applied.at(-1)?.seq > record.data.from) this.takeBack(this.applied.pop());
      this.last = record.data.from;
      return;
    }
    this.epoch = record.epoch;
    this.last ??= record.seq - 1; // without any state, one starts at the first record that one meets
    if (record.seq !== this.last + 1) return; // known, or past a gap: it comes again in its place
    this.applied.push({ seq: record.seq, subject: record.subject, before: this.now.get(record.subject) });
    this.now.set(record.subject, record.data);
    this.last = record.seq;
  }

  takeBack({ subject, before }) {
    if (before === undefined) this.now.delete(subject);
    else this.now.set(subject, before);
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const consumer = new Consumer();
  for await (const line of createInterface(process.stdin)) consumer.take(JSON.parse(line));
  for (const [subject, data] of consumer.now) console.log(JSON.stringify({ subject, data }));
}
