/** Runs of the built program that die, and the next ones that take up what they left, on a real server. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Device } from '../support/device.ts';
import { record, records } from '../support/listener.ts';
import { createHome, type Home, type Program, startProgram } from '../support/program.ts';
import { type Server, startServer } from '../support/server.ts';

let server: Server;
let romeo: Device;
const jid = 'juliet@localhost';

beforeAll(async () => {
  const friend = (of: string) => ({
    password: 'secret',
    contacts: [{ jid: of, subscription: 'both' as const }],
  });
  // Without an archive only the stream itself can bring what waits in it.
  server = await startServer(undefined, {
    archive: 'none',
    users: [
      { name: 'juliet', ...friend('romeo@localhost') },
      { name: 'romeo', ...friend(jid) },
    ],
  });
  romeo = new Device(server, 'romeo', 'orchard');
  await romeo.come();
});
afterAll(async () => {
  await romeo?.end();
  await server?.stop();
});

function listen(home: Home): Promise<Program> {
  const common = [
    '--jid',
    jid,
    '--service',
    server.service,
    '--ca',
    server.caFile,
    '--json',
    '--listen',
    '--timeout',
    '15',
  ];
  return startProgram(common, { home, env: { XMPP_PASSWORD: 'secret' } });
}

async function killed(program: Program): Promise<void> {
  program.signal('SIGKILL');
  await program.ended;
}

const bodies = (program: Program) =>
  records(program)
    .filter(({ type, direction }) => type === 'message' && direction === 'in')
    .map(({ body }) => body);

describe('a run that died (XEP-0198 §5)', () => {
  it('its stream is taken up by the next one, with what waited in it, once and in order', async () => {
    const home = await createHome();
    const first = await listen(home);
    await record(first, { type: 'connection', state: 'online' });
    await record(first, { type: 'presence', jid: 'romeo@localhost' });
    romeo.client.messages.send(jid, 'one');
    await record(first, { type: 'message', body: 'one' });
    await killed(first);
    romeo.client.messages.send(jid, 'two');
    romeo.client.messages.send(jid, 'three');

    const second = await listen(home);
    await record(second, { type: 'connection', state: 'resumed' });
    await record(second, { type: 'message', body: 'three' });
    // It knows who is there, though the earlier process was told.
    await record(second, { type: 'presence', jid: 'romeo@localhost' });
    expect(bodies(second)).toEqual(['two', 'three']);
    romeo.client.messages.send(jid, 'four');
    await record(second, { type: 'message', body: 'four' });
    await killed(second);

    const third = await listen(home);
    await record(third, { type: 'connection', state: 'resumed' });
    romeo.client.messages.send(jid, 'five');
    await record(third, { type: 'message', body: 'five' });
    expect(bodies(third)).toEqual(['five']);
    third.signal('SIGTERM');
    expect((await third.ended).code).toBe(143);

    // A good-bye: nothing is left to take up.
    const fourth = await listen(home);
    await record(fourth, { type: 'connection', state: 'online' });
    fourth.signal('SIGTERM');
    await fourth.ended;
  });

  it('two at once have a resource each, and neither takes the stream of the other', async () => {
    const home = await createHome();
    const first = await listen(home);
    await record(first, { type: 'connection', state: 'online' });
    const second = await listen(home);
    await record(second, { type: 'connection', state: 'online' });
    await killed(first);
    const third = await listen(home);
    await record(third, { type: 'connection', state: 'resumed' });
    romeo.client.messages.send(jid, 'to all');
    for (const program of [second, third]) {
      await record(program, { type: 'message', body: 'to all' });
      program.signal('SIGTERM');
      expect((await program.ended).code).toBe(143);
    }
    expect(records(second).some(({ type, state }) => type === 'connection' && state === 'offline')).toBe(
      false,
    );
  });
});
