/**
 * Files to and from slixmpp and libpurple by stream initiation, Libervia, Gajim and Dino by Jingle, over SOCKS5 and in-band.
 * docs/interop.md says what else there is to say, beside the tests.
 */
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { FileTransfer } from '../../src/chat/events.ts';
import { Device } from '../support/device.ts';
import { type Server, startServer } from '../support/server.ts';
import { DinoDevice } from './dino-device.ts';
import type { FileDevice } from './driven-device.ts';
import { GajimDevice } from './gajim-device.ts';
import { LiberviaDevice } from './libervia-device.ts';
import { PurpleDevice } from './purple-device.ts';
import { SlixmppDevice } from './slixmpp-device.ts';

type Other = SlixmppDevice | FileDevice;

const SOCKS5 = 'http://jabber.org/protocol/bytestreams';
const IN_BAND = 'http://jabber.org/protocol/ibb';
const BOTH = [SOCKS5, IN_BAND];
const sumOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** A server with romeo, who is this program, and one whose client it is not. */
class Stage {
  readonly romeo: Device;
  readonly #server: Server;
  readonly #folder: string;

  private constructor(server: Server, folder: string) {
    this.#server = server;
    this.#folder = folder;
    this.romeo = new Device(server, 'romeo', 'orchard', { filesDir: join(folder, 'received') });
  }

  static async open<Kind extends Other>(
    Kind: new (server: Server, user: string, resource: string) => Kind,
    { proxy }: { readonly proxy: boolean },
  ): Promise<[Stage, Kind]> {
    const folder = await mkdtemp(join(tmpdir(), 'xmpp-chat-interop-'));
    const friends = (name: string) => [{ jid: `${name}@localhost`, name }];
    const server = await startServer(undefined, {
      proxy,
      users: [
        { name: 'nurse', password: 'secret', contacts: friends('romeo') },
        { name: 'romeo', password: 'secret', contacts: friends('nurse') },
      ],
    });
    const stage = new Stage(server, folder);
    const other = new Kind(server, 'nurse', 'other');
    await Promise.all([stage.romeo.come(), other.come()]);
    return [stage, other];
  }

  /** Only this route for what is sent, and our address for them, or not. */
  settle(route: string, direct: string): void {
    this.romeo.client.settings.set('file-route', route);
    this.romeo.client.settings.set('direct-files', direct);
  }

  async close(other: Other): Promise<void> {
    await Promise.all([other.leave(), this.romeo.end()]);
    await this.#server.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** The next file that has come, or has not. */
  next(): Promise<FileTransfer> {
    const { client } = this.romeo;
    return new Promise((resolve) => {
      const watch = (file: FileTransfer) => {
        if (file.direction !== 'in' || file.state === 'offered' || file.state === 'active') return;
        client.off('file', watch);
        resolve(file);
      };
      client.on('file', watch);
    });
  }

  /** What came is what was sent. */
  async came(coming: Promise<FileTransfer>, sha256: string): Promise<FileTransfer> {
    const file = await coming;
    expect(file).toMatchObject({ state: 'done', sha256 });
    expect(sumOf(await readFile(file.path ?? ''))).toBe(sha256);
    return file;
  }

  /** Writes a file that was not there before. */
  async letter(size: number): Promise<{ path: string; sha256: string }> {
    const path = join(this.#folder, 'letter.bin');
    const bytes = randomBytes(size);
    await writeFile(path, bytes);
    return { path, sha256: sumOf(bytes) };
  }

  /** Sends a file, which comes as it was. */
  async sends(to: Other): Promise<FileTransfer> {
    const { path, sha256 } = await this.letter(300_000);
    const sent = await this.romeo.client.files.send(path, `${to.jid}/${to.resource}`);
    expect(sent.sha256).toBe(sha256);
    await to.takes(sha256);
    return sent;
  }
}

/** A stage and the other client, while the tests of one description run. */
interface Scene<Kind extends Other> {
  readonly stage: Stage;
  readonly nurse: Kind;
}

function scene<Kind extends Other>(
  title: string,
  Kind: new (server: Server, user: string, resource: string) => Kind,
  options: { readonly proxy: boolean },
  tests: (scene: Scene<Kind>) => void,
): void {
  describe(title, () => {
    let open: [Stage, Kind] | undefined;
    const opened = () => {
      if (open === undefined) throw new Error('the stage is not set');
      return open;
    };
    beforeAll(async () => {
      open = await Stage.open(Kind, options);
    });
    afterAll(async () => open?.[0].close(open[1]));
    tests({
      get stage() {
        return opened()[0];
      },
      get nurse() {
        return opened()[1];
      },
    });
  });
}

scene('files with slixmpp', SlixmppDevice, { proxy: true }, (on) => {
  beforeEach(() => on.stage.settle('si-socks5', 'contacts'));

  async function takes(methods: readonly string[]): Promise<{ method: string; file: FileTransfer }> {
    const coming = on.stage.next();
    const to = `${on.stage.romeo.jid}/orchard`;
    const { method, sha256 } = await on.nurse.offer(to, { name: 'answer.bin', size: 200_000, methods });
    return { method, file: await on.stage.came(coming, sha256) };
  }

  it('takes a file over SOCKS5, by the proxy (XEP-0095, XEP-0065)', async () => {
    const { method, file } = await takes(BOTH);
    expect({ method, route: file.route }).toEqual({ method: SOCKS5, route: 'si-socks5' });
  });

  it('takes a file in-band where nothing else is offered (XEP-0095, XEP-0047)', async () => {
    const { method, file } = await takes([IN_BAND]);
    expect({ method, route: file.route }).toEqual({ method: IN_BAND, route: 'si-ibb' });
  });

  it.each(['contacts', 'none'])(
    'sends a file over SOCKS5, with our address for %s (XEP-0065)',
    async (whom) => {
      await on.nurse.prefer(SOCKS5);
      on.stage.settle('si-socks5', whom);
      expect(await on.stage.sends(on.nurse)).toMatchObject({ state: 'done', route: 'si-socks5' });
    },
  );

  it('sends a file in-band where that is chosen, and says so (XEP-0095)', async () => {
    await on.nurse.prefer(IN_BAND);
    on.stage.settle('any', 'contacts');
    const before = { route: 'si-socks5', condition: 'not-chosen' };
    expect(await on.stage.sends(on.nurse)).toMatchObject({ state: 'done', route: 'si-ibb', before });
  });
});

/** The next file that it offers, as it came. */
async function takesFrom({ nurse, stage }: Scene<FileDevice>): Promise<FileTransfer> {
  const coming = stage.next();
  const { path, sha256 } = await stage.letter(200_000);
  await nurse.offer(`${stage.romeo.jid}/orchard`, path);
  return stage.came(coming, sha256);
}

scene('files with libpurple', PurpleDevice, { proxy: true }, (on) => {
  it.each(['contacts', 'none'])(
    'come over SOCKS5, from its own address where that is connected to for %s (XEP-0065)',
    async (whom) => {
      on.stage.settle('si-socks5', whom);
      expect(await takesFrom(on)).toMatchObject({ route: 'si-socks5' });
    },
  );

  it.each(['contacts', 'none'])('go over SOCKS5, with our address for %s (XEP-0065)', async (whom) => {
    on.stage.settle('si-socks5', whom);
    expect(await on.stage.sends(on.nurse)).toMatchObject({ state: 'done', route: 'si-socks5' });
  });

  it('go in-band, though it does not answer the end (XEP-0047 §2.3)', async () => {
    on.stage.settle('si-ibb', 'contacts');
    expect(await on.stage.sends(on.nurse)).toMatchObject({ state: 'done', route: 'si-ibb' });
  });
});

scene('files with libpurple without a proxy', PurpleDevice, { proxy: false }, (on) => {
  it('come in-band within the same offer, where its address is not connected to (XEP-0095)', async () => {
    on.stage.settle('any', 'none');
    const before = { route: 'si-socks5', condition: 'no-bytestream' };
    expect(await takesFrom(on)).toMatchObject({ route: 'si-ibb', before });
  });
});

scene('files with Libervia', LiberviaDevice, { proxy: true }, (on) => {
  it('come over SOCKS5, from its own address (XEP-0234, XEP-0260)', async () => {
    on.stage.settle('any', 'contacts');
    expect(await takesFrom(on)).toMatchObject({ route: 'jingle-socks5' });
  });

  it('come in-band within the same session, where its address is not connected to (XEP-0260 §3)', async () => {
    on.stage.settle('any', 'none');
    const before = { route: 'jingle-socks5', condition: 'no-bytestream' };
    expect(await takesFrom(on)).toMatchObject({ route: 'jingle-ibb', before });
  });

  it.each(['contacts', 'none'])('go over SOCKS5 by Jingle, our address for %s (XEP-0260)', async (whom) => {
    on.stage.settle('jingle-socks5', whom);
    expect(await on.stage.sends(on.nurse)).toMatchObject({ state: 'done', route: 'jingle-socks5' });
  });

  it('go in-band by Jingle (XEP-0261)', async () => {
    on.stage.settle('jingle-ibb', 'contacts');
    expect(await on.stage.sends(on.nurse)).toMatchObject({ state: 'done', route: 'jingle-ibb' });
  });
});

scene('files with Gajim', GajimDevice, { proxy: true }, (on) => {
  beforeEach(() => on.stage.settle('jingle-socks5', 'contacts'));

  it('come by Jingle over SOCKS5, from its own address (XEP-0260)', async () => {
    expect(await takesFrom(on)).toMatchObject({ route: 'jingle-socks5', unverified: undefined });
  });

  it('go by Jingle over SOCKS5, to its own address (XEP-0260 §2.4)', async () => {
    expect(await on.stage.sends(on.nurse)).toMatchObject({ state: 'done', route: 'jingle-socks5' });
  });

  it('go by Jingle in-band (XEP-0261)', async () => {
    on.stage.settle('jingle-ibb', 'contacts');
    expect(await on.stage.sends(on.nurse)).toMatchObject({ state: 'done', route: 'jingle-ibb' });
  });
});

scene('files with Dino', DinoDevice, { proxy: true }, (on) => {
  it.each(['contacts', 'none'])(
    'come by Jingle over SOCKS5, with our address for %s (XEP-0260)',
    async (whom) => {
      on.stage.settle('any', whom);
      expect(await takesFrom(on)).toMatchObject({ route: 'jingle-socks5' });
    },
  );

  it.each(['contacts', 'none'])(
    'go by Jingle over SOCKS5, with our address for %s (XEP-0260)',
    async (whom) => {
      on.stage.settle('jingle-socks5', whom);
      expect(await on.stage.sends(on.nurse)).toMatchObject({ state: 'done', route: 'jingle-socks5' });
    },
  );
});
