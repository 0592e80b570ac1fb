// The hub as it is after an update of its screens: the same in everything, but that pages and service worker name another build.
import { createServer, request } from "node:http";

const NEW = "abcdef012345";

export async function rebuildable(hubUrl) {
  const hub = new URL(hubUrl);
  let old = null;
  const to = (from) => request({ host: hub.hostname, port: hub.port, method: from.method, path: from.url, headers: from.headers });
  const isPage = (url) => /^\/(sw\.js|kitchen\/)?$/.test(url);
  const server = createServer((from, answer) => {
    if (isPage(from.url)) delete from.headers["accept-encoding"];
    const asked = to(from);
    asked.on("error", () => answer.destroy());
    asked.on("response", (said) => {
      if (!isPage(from.url)) return answer.writeHead(said.statusCode, said.headers), said.pipe(answer);
      const parts = [];
      said.on("data", (part) => parts.push(part));
      said.on("end", () => {
        const text = Buffer.concat(parts).toString();
        delete said.headers["content-length"];
        answer.writeHead(said.statusCode, said.headers);
        answer.end(old ? text.replaceAll(old, NEW) : text);
      });
    });
    from.pipe(asked);
  });
  server.on("upgrade", (from, socket, head) => {
    const asked = to(from);
    asked.on("error", () => socket.destroy());
    asked.on("upgrade", (said, far) => {
      const lines = said.rawHeaders.map((part, at) => (at % 2 ? `${part}\r\n` : `${part}: `)).join("");
      socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines}\r\n`);
      far.write(head);
      far.pipe(socket).on("error", () => far.destroy());
      socket.pipe(far).on("error", () => socket.destroy());
    });
    asked.end();
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    NEW,
    rebuild: (build) => (old = build),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
