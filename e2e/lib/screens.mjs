// Serves dist/screens as the hub does: the same paths, the same strict policy. A test may change a file, or go offline.
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { extname, join } from "node:path";

const ROOT = new URL("../../dist/screens", import.meta.url).pathname;
const TYPES = {
  ".css": "text/css",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".json": "application/json",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
  ".webmanifest": "application/manifest+json",
  ".woff2": "font/woff2",
};
const POLICY = [
  "default-src 'self'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self' ws: http://127.0.0.1:*",
  "frame-ancestors 'none'",
].join("; ");

export async function serveScreens() {
  const changed = new Map();
  const sockets = new Set();
  const server = createServer(async (request, response) => {
    let path = new URL(request.url, "http://x").pathname;
    if (path.endsWith("/")) path += "index.html";
    if (path === "/health") return response.end(JSON.stringify({ status: "ok", founded: true }));
    try {
      const body = changed.get(path) ?? (await readFile(join(ROOT, path)));
      const cache = path.startsWith("/assets/") ? "public, max-age=31536000, immutable" : "no-store";
      response.writeHead(200, {
        "content-type": TYPES[extname(path)] ?? "application/octet-stream",
        "cache-control": cache,
        "content-security-policy": POLICY,
      });
      response.end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  const gone = () =>
    new Promise((resolve) => {
      server.close(resolve);
      for (const socket of sockets) socket.destroy();
    });
  return {
    url: `http://127.0.0.1:${port}`,
    read: (path) => readFile(join(ROOT, path), "utf8"),
    change: (path, body) => changed.set(path, body),
    gone,
    back: () => new Promise((resolve) => server.listen(port, "127.0.0.1", resolve)),
  };
}
