// A bare copy over TLS, nothing stored and nothing summed: what the machine can do.
// Usage: tls-copy.js take CERT KEY SIZE, which prints {"port": n} and {"taken": n}; tls-copy.js send CERT PORT FILE,
// which prints {"ready": true}, reads a line, and sends.
import { createReadStream, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { connect, createServer } from 'node:tls';

const [mode, certFile, ...rest] = process.argv.slice(2);
const CHUNK = 256 * 1024;
const tell = (fact) => process.stdout.write(`${JSON.stringify(fact)}\n`);

function take([keyFile, size]) {
  const server = createServer({ cert: readFileSync(certFile), key: readFileSync(keyFile) }, (socket) => {
    let taken = 0;
    socket.on('data', (bytes) => {
      taken += bytes.length;
      if (taken === Number(size)) tell({ taken });
    });
    socket.on('error', () => undefined);
  });
  server.listen(0, '127.0.0.1', () => tell({ port: server.address().port }));
}

function send([port, file]) {
  const ca = readFileSync(certFile);
  const socket = connect({ port: Number(port), host: '127.0.0.1', servername: 'localhost', ca }, () => {
    tell({ ready: true });
    createInterface({ input: process.stdin }).once('line', () =>
      createReadStream(file, { highWaterMark: CHUNK }).pipe(socket),
    );
  });
}

process.stdin.once('end', () => process.exit());
if (mode === 'take') take(rest);
else send(rest);
