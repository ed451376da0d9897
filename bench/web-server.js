// A web server (TLS) that takes whatever is PUT and keeps nothing, and gives one file to whoever asks.
// Usage: web-server.js CERT KEY FILE PORT; prints {"port": n} when it listens.
import { createReadStream, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:https';

const [certFile, keyFile, file, port] = process.argv.slice(2);
const CHUNK = 256 * 1024;

const server = createServer(
  { cert: readFileSync(certFile), key: readFileSync(keyFile) },
  (request, response) => {
    if (request.method === 'PUT') {
      const wanted = Number(request.headers['content-length']);
      let came = 0;
      request.on('data', (bytes) => {
        came += bytes.length;
      });
      request.on('end', () => response.writeHead(came === wanted ? 201 : 400).end());
      return;
    }
    response.writeHead(200, {
      'Content-Length': statSync(file).size,
      'Content-Type': 'application/octet-stream',
    });
    createReadStream(file, { highWaterMark: CHUNK }).pipe(response);
  },
);
server.listen(Number(port), '127.0.0.1', () =>
  process.stdout.write(`${JSON.stringify({ port: server.address().port })}\n`),
);
process.stdin.once('end', () => process.exit()).resume();
