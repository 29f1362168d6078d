// A very small shop: every visit stores an order, and shows how many there are.
const { createServer } = require("node:http");

const { COUCHDB_URL, COUCHDB_DATABASE, COUCHDB_USER, COUCHDB_PASSWORD } = process.env;
const authorization = `Basic ${Buffer.from(`${COUCHDB_USER}:${COUCHDB_PASSWORD}`).toString("base64")}`;

async function couchdb(method, path, body) {
  const answer = await fetch(`${COUCHDB_URL}/${COUCHDB_DATABASE}${path}`, {
    method,
    headers: { authorization, "content-type": "application/json" },
    body: body && JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}`);
  return answer.json();
}

createServer(async (request, response) => {
  try {
    // Kubernetes requests /ready every two seconds, which must not store an order.
    if (request.url === "/") await couchdb("POST", "", { item: "book", at: new Date().toISOString() });
    response.end(`${(await couchdb("GET", "")).doc_count} orders\n`);
  } catch (error) {
    response.writeHead(503).end(`${error.message}\n`);
  }
}).listen(8080);

process.on("SIGTERM", () => process.exit(0));
