/** Whether a file for somebody who is away shall wait for them. */
import type { Face, Seat } from './face.ts';
import { peerName } from './notifications/names.ts';
import { InterruptedError } from './terminal.ts';

/**
 * Asks where they are away and no server would keep it: resolves to true where it shall wait, to false where it can go
 * now, to undefined where the user gives up.
 */
export async function fileWaits(
  { terminal, words }: Face,
  { client }: Seat,
  to: string,
): Promise<boolean | undefined> {
  if (await client.files.reaches(to).catch(() => true)) return false;
  const message = words.menus.sendFile.whenOnline(peerName(client, words, to));
  try {
    return (await terminal.confirm({ message, initial: true })) ? true : undefined;
  } catch (error) {
    if (error instanceof InterruptedError) return undefined;
    throw error;
  }
}
