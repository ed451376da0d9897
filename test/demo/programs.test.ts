import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it, onTestFinished, vi } from 'vitest';
import { freePorts } from '../../src/demo/free-ports.ts';
import { findProgram, MissingProgramError } from '../../src/demo/programs.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

it('finds a program in PATH, but nothing that cannot be run', () => {
  const folder = mkdtempSync(join(tmpdir(), 'xmpp-chat-programs-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const program = join(folder, 'xmpp-chat-test-program');
  writeFileSync(program, '#!/bin/sh\n');
  vi.stubEnv('PATH', `${folder}/missing:${folder}`);
  chmodSync(program, 0o644);
  expect(() => findProgram('xmpp-chat-test-program', 'some-package')).toThrow(MissingProgramError);
  chmodSync(program, 0o755);
  expect(findProgram('xmpp-chat-test-program', 'some-package')).toBe(program);
});

it('finds what is not in PATH where servers are installed', () => {
  vi.stubEnv('PATH', '/nowhere');
  expect(findProgram('sh', 'dash')).toMatch(/\/bin\/sh$/);
});

it('names the one command that installs a missing program', () => {
  let error: unknown;
  try {
    findProgram('no-such-server', 'no-such-package');
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toBeInstanceOf(MissingProgramError);
  expect(error).toMatchObject({
    condition: 'program-missing',
    program: 'no-such-server',
    install: expect.stringMatching(/^(sudo )?apt-get install no-such-package$/),
  });
});

it('gives out every free port once', async () => {
  const ports = await freePorts(20);
  expect(new Set(ports).size).toBe(20);
  expect(ports.every((port) => port > 1023)).toBe(true);
});
