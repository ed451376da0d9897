/** What moderators take away, as those see it who were there, who come back, and who come later. Real server. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Device } from '../support/device.ts';
import { type Server, serverKind, startServer } from '../support/server.ts';

// ejabberd 23.01 has no moderation of messages.
describe.skipIf(serverKind() === 'ejabberd')('moderated messages (XEP-0425)', () => {
  let server: Server;
  let juliet: Device;
  let romeo: Device;
  let tybalt: Device;

  beforeAll(async () => {
    const users = ['juliet', 'romeo', 'tybalt'].map((name) => ({ name, password: 'secret' }));
    server = await startServer(undefined, { users, roomModules: ['muc_moderation'] });
    [juliet, romeo, tybalt] = await Promise.all([
      new Device(server, 'juliet', 'desk').come(),
      new Device(server, 'romeo', 'desk').come(),
      new Device(server, 'tybalt', 'desk').come(),
    ]);
  });
  afterAll(async () => {
    await Promise.all([juliet?.end(), romeo?.end(), tybalt?.end()]);
    await server?.stop();
  });

  it('show who took them away and why: live, after a restart, and to who comes later (§usecase-success, §tombstones)', async () => {
    const room = `lobby@${server.rooms}`;
    await juliet.client.rooms.join(room, { nick: 'Juliet', keep: true });
    await romeo.client.rooms.join(room, { nick: 'Romeo', keep: true });
    romeo.client.messages.send(room, 'buy a sword');
    const said = await juliet.message(room, 'buy a sword');
    await romeo.until(() => romeo.history(room)[0]?.state === 'acked');
    await romeo.leave();
    await juliet.client.rooms.administration.moderate(said.row, 'no trade here');
    const gone = {
      nick: 'Romeo',
      body: '',
      retracted: true,
      moderated: { by: `${room}/Juliet`, reason: 'no trade here' },
    };
    // What the first page of an archive brings is no event.
    const shows = (device: Device) =>
      vi.waitFor(() => expect(device.history(room)).toMatchObject([gone]), { timeout: 10_000 });
    await shows(juliet);
    await romeo.come();
    await shows(romeo);
    await tybalt.client.rooms.join(room, { nick: 'Tybalt' });
    await shows(tybalt);
    await tybalt.leave();
    await tybalt.come();
    await shows(tybalt);
  });
});
