/** What stands beside a public room: whether we are in it, how it is entered, how fast one may speak. */
import type { RoomRow } from '../../chat/people.ts';
import type { Catalogue } from '../../i18n/catalogue.ts';

export function roomMarks(room: RoomRow, { tables: { marks } }: Catalogue): string[] {
  const { joined, kept, passwordProtected, membersOnly, open, slowMode } = room;
  // A service that searches says only that one cannot simply enter, not why.
  const closed = open === false && passwordProtected !== true && membersOnly !== true;
  return [
    joined ? marks.joined : '',
    kept ? marks.kept : '',
    passwordProtected === true ? marks.password : '',
    membersOnly === true ? marks.members : '',
    closed ? marks.closed : '',
    open === true ? marks.open : '',
    slowMode === undefined ? '' : marks.slow(slowMode),
  ].filter((mark) => mark !== '');
}
