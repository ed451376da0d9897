/** Rooms that ask who enters whether that is a person: of both servers ejabberd does. XEP-0158 */
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fetchRegistrationForm, registerAccount } from '../../src/chat/registration.ts';
import { Device } from '../support/device.ts';
import { type Server, serverKind, startServer } from '../support/server.ts';

/** A picture of one pixel: ejabberd looks only at how it begins. */
const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

describe.skipIf(serverKind() === 'prosody')('a room that asks who enters (XEP-0158)', () => {
  let server: Server;
  let folder: string;
  let juliet: Device;
  let romeo: Device;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'xmpp-chat-captcha-'));
    const captcha = join(folder, 'captcha.sh');
    await writeFile(captcha, `#!/bin/sh\nprintf %s "$1" > ${folder}/word\necho ${PIXEL} | base64 -d\n`);
    // ejabberd may run as a user of its own.
    await chmod(folder, 0o777);
    await chmod(captcha, 0o755);
    const users = ['juliet', 'romeo'].map((name) => ({ name, password: 'secret' }));
    server = await startServer(undefined, { users, captcha });
    juliet = await new Device(server, 'juliet', 'desk', { filesDir: folder }).come();
    romeo = await new Device(server, 'romeo', 'desk', { filesDir: join(folder, 'received') }).come();
  });
  afterAll(async () => {
    await Promise.all([juliet?.end(), romeo?.end()]);
    await server?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('shows its picture, hears a wrong answer and a right one, and lets us in (§protocol-response)', async () => {
    const room = `lobby@${server.rooms}`;
    await juliet.client.rooms.join(room, { nick: 'Juliet' });
    await juliet.client.rooms.administration.configuration(room);
    await juliet.client.rooms.administration.configure(room, { captcha_protected: '1' });
    const asked = async () => {
      const joining = romeo.client.rooms.join(room, { nick: 'Romeo', keep: true });
      await expect(joining).rejects.toMatchObject({ condition: 'captcha' });
      const fields = (await romeo.client.rooms.captcha(room))?.fields ?? [];
      return fields.find(({ name }) => name === 'ocr');
    };
    const field = await asked();
    const [picture = ''] = field?.files ?? [];
    expect((await readFile(picture)).toString('base64')).toBe(PIXEL);
    expect(picture).toMatch(/received\/form\.png$/);
    await expect(romeo.client.rooms.answerCaptcha(room, { ocr: 'wrong' })).rejects.toMatchObject({
      condition: 'captcha-failed',
    });
    await asked();
    const word = await readFile(join(folder, 'word'), 'utf8');
    expect(await romeo.client.rooms.answerCaptcha(room, { ocr: word })).toEqual({
      created: false,
      nick: 'Romeo',
    });
    expect(romeo.client.rooms.get(room)?.joined).toBe(true);
    romeo.client.messages.send(room, 'no robot');
    await juliet.message(room, 'no robot');
  });

  it('is answered by who registers, on whichever stream that is done (§register)', async () => {
    const ca = await readFile(server.caFile, 'utf8');
    const options = { jid: `tybalt@${server.domain}`, password: 'secret', service: server.service, ca };
    const form = await fetchRegistrationForm(options, { folder: join(folder, 'asked') });
    const [picture = ''] = form.fields.find(({ name }) => name === 'ocr')?.files ?? [];
    expect((await readFile(picture)).toString('base64')).toBe(PIXEL);
    const word = await readFile(join(folder, 'word'), 'utf8');
    await registerAccount(options, { ...form.hidden, ocr: word });
    const tybalt = await new Device(server, 'tybalt', 'desk').come();
    await tybalt.end();
  });
});
