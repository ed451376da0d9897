/** Waits until an XMPP server answers with stream features (RFC 6120 §4.3.2). */
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** One try: whether the server on that port of 127.0.0.1 opens a stream for `domain` within `timeoutMs`. */
function answers(port: number, domain: string, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect({ host: '127.0.0.1', port }, () => {
      socket.write(
        `<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='${domain}' version='1.0'>`,
      );
    });
    const finish = (ready: boolean): void => {
      socket.destroy();
      resolve(ready);
    };
    socket.setTimeout(timeoutMs, () => finish(false));
    socket.on('error', () => finish(false));
    socket.on('close', () => finish(false));
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      if (text.includes('</stream:features>')) finish(true);
    });
  });
}

/**
 * Resolves to true when the server answers, to false when `failed` says that it cannot any more or when
 * `timeoutMs` are over.
 * @param started whether its own log says that it listens: another program may answer on the same port
 */
export async function waitUntilReady(
  port: number,
  domain: string,
  check: { started: () => Promise<boolean>; failed: () => Promise<boolean> },
  timeoutMs = 30_000,
): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  while (Date.now() < deadline) {
    if (await check.failed()) return false;
    if ((await check.started()) && (await answers(port, domain, deadline - Date.now()))) return true;
    await delay(25);
  }
  return false;
}
