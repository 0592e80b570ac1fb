// Serves dist/screens under the hub's own policy, with the scripted core where the host script would be.
import { execFileSync } from "node:child_process";
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { extname, join } from "node:path";

const ROOT = new URL("../../../", import.meta.url).pathname;
const SCREENS = join(ROOT, "dist/screens");
const TYPES = { ".css": "text/css", ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".json": "application/json", ".svg": "image/svg+xml", ".wasm": "application/wasm", ".webmanifest": "application/manifest+json", ".woff2": "font/woff2", ".png": "image/png" };
const POLICY = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'";
const DEMO = { people: [["ana", "Ana Lopez"], ["ben", "Ben Adler"]].map(([username, fullName]) => ({ username, password: "demo", fullName, role: "staff" })) };

const fixtures = () => execFileSync("cargo", ["run", "-q", "-p", "ui", "--example", "fixtures"], { cwd: ROOT, encoding: "utf8", maxBuffer: 1e8 });

export async function serve(port = 0) {
  const evening = fixtures();
  const server = createServer(async (request, response) => {
    const url = new URL(request.url, "http://x");
    let path = url.pathname.endsWith("/") ? `${url.pathname}index.html` : url.pathname;
    try {
      let body;
      if (path === "/evening.json") body = evening;
      else if (/^\/assets\/host-[^/]*\.js$/.test(path)) body = await readFile(new URL("./core.js", import.meta.url));
      else body = await readFile(join(SCREENS, path));
      if (path.endsWith(".html") && url.searchParams.has("demo"))
        body = String(body).replace("</head>", `<script type="application/json" id="comanda-demo">${JSON.stringify(DEMO)}</script></head>`);
      response.writeHead(200, { "content-type": TYPES[extname(path)] ?? "application/octet-stream", "cache-control": "no-store", "content-security-policy": POLICY });
      response.end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(port, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${server.address().port}`, stop: () => server.close() };
}

if (process.argv[1] === new URL(import.meta.url).pathname) console.log((await serve(4173)).url);
