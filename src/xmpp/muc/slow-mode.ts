/** XEP-0500: MUC Slow Mode, version 0.1.1. https://xmpp.org/extensions/xep-0500.html */
import type { DiscoInfo } from '../disco.ts';
import { roomInfoValues } from './room-info.ts';

/** seconds; what asks for more is taken for a mistake (§security) */
const LONGEST = 7 * 24 * 3600;

/** Seconds that one waits between two messages; 0 where nobody has to, or the room says none (§client-discovering). */
export function slowModeOf(info: DiscoInfo | undefined): number {
  const text = roomInfoValues(info).get('muc#roominfo_slow_mode_duration') ?? '';
  const seconds = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  return seconds <= LONGEST ? seconds : 0;
}

/** Whether an error is what a room in slow mode answers to who is too fast (§server-side-rate-limiting). */
export const isTooFast = ({ condition, type }: { condition: string; type: string }): boolean =>
  condition === 'policy-violation' && type === 'wait';
