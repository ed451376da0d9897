/** Entry 4 of the start menu (product §2): the way to a server, before anybody has logged in. */
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type Server, startServer } from '../support/server.ts';
import { Visitor } from '../support/visitor.ts';

let server: Server;
beforeAll(async () => {
  server = await startServer('prosody', { users: [{ name: 'ann', password: 'secret' }] });
});
afterAll(() => server?.stop());

async function visit(...args: string[]) {
  const visitor = await Visitor.start(args, { columns: 120 });
  onTestFinished(() => visitor.pty.kill());
  return visitor;
}

describe('checking a connection', { timeout: 30_000 }, () => {
  it('takes the domain in force for an empty answer, tells each step, and is back in the menu', async () => {
    const ann = await visit('--domain', 'localhost', '--service', server.service, '--ca', server.caFile);
    await ann.choose('xmpp-chat', '4');
    await ann.answer('Which server', '');
    await ann.pty.shows('Checking the way to localhost');
    await ann.pty.shows(/^ok +TLS +127\.0\.0\.1:\d+: TLSv1\.3/);
    await ann.pty.shows(/^ok +certificate /);
    await ann.pty.shows('All is well with localhost.');
    await ann.menu('xmpp-chat');
    expect(ann.pty.raw).not.toContain('logged in with');
  });

  it('logs in with a JID and its password, to see more', async () => {
    const ann = await visit('--service', server.service, '--ca', server.caFile);
    await ann.choose('xmpp-chat', '4');
    await ann.answer('Which server', 'ann@localhost');
    await ann.answer('Password', 'secret');
    await ann.pty.shows(/^ok +log-in +ann@localhost: logged in with SCRAM/);
    await ann.pty.shows(/^ok +archive +there/);
    await ann.menu('xmpp-chat');
    expect(ann.pty.raw).not.toContain('secret');
  });

  it('says what to do where it ends', async () => {
    const ann = await visit('--service', 'xmpp://127.0.0.1:1');
    await ann.choose('xmpp-chat', '4');
    await ann.answer('Which server', 'localhost');
    await ann.pty.shows(/^fail +TCP +127\.0\.0\.1:1: no XMPP server answers there \(ECONNREFUSED\)/);
    await ann.pty.shows(/^ +to do: Check that the server runs/);
    await ann.pty.shows(/^Not all is well with localhost/);
    await ann.menu('xmpp-chat');
  });
});
