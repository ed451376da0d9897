/** What a run by flag asks at a terminal, and what stands there afterwards. No server is needed for it. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { createHome, launcher } from '../support/program.ts';
import { Pty } from '../support/pty.ts';

async function run(...args: string[]): Promise<Pty> {
  const home = await createHome();
  const service = ['--service', 'xmpp://127.0.0.1:1'];
  const pty = new Pty([process.execPath, launcher, '-j', 'juliet@localhost', ...service, ...args], {
    env: { ...home.env, XMPP_PASSWORD: undefined },
    cwd: home.work,
    columns: 120,
  });
  onTestFinished(() => pty.process.kill('SIGKILL'));
  return pty;
}

describe('the password asked for by a flag', { timeout: 30_000 }, () => {
  it.each([['--contacts'], ['--contacts', '--password-stdin']])('is never shown: %s %s', async (...args) => {
    const pty = await run(...args);
    await pty.shows('Password of juliet@localhost');
    pty.type('geheim\r');
    expect(await pty.exit).toBe(4);
    await pty.shows('cannot connect to localhost');
    expect(pty.raw).not.toContain('geheim');
  });

  it('leaves a line of its own to what went wrong', async () => {
    const pty = await run('--contacts');
    await pty.shows('Password of juliet@localhost');
    pty.type('\r');
    expect(await pty.exit).toBe(2);
    await pty.shows(/^xmpp-chat: the password is empty/);
  });

  it('is given up by Ctrl-D, as by Esc', async () => {
    for (const key of ['\x04', '\x1b']) {
      const pty = await run('--contacts');
      await pty.shows('Password of juliet@localhost');
      pty.type(key);
      expect(await pty.exit).toBe(130);
    }
  });

  it('ends with 130 by Ctrl-C, and with a line of its own', async () => {
    const pty = await run('--contacts');
    await pty.shows('Password of juliet@localhost');
    pty.type('gehe\x03');
    expect(await pty.exit).toBe(130);
    await pty.until(() => pty.lines().every((line) => !/.+xmpp-chat:/.test(line)));
    expect(pty.raw).not.toContain('gehe');
  });
});
