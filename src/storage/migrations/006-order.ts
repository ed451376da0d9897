/**
 * What an archive has put in order already, who said something in a room whatever its nickname, and every text of a
 * message with the message that brought it.
 */
export const order = `
-- the archive id that its place in the timeline is from; NULL: no page of an archive has named it yet
ALTER TABLE message ADD COLUMN placed TEXT;
CREATE INDEX message_placed ON message (chat, position) WHERE placed IS NOT NULL;

-- XEP-0421, as it came; to be believed where the room announces that it gives them
ALTER TABLE message ADD COLUMN occupant TEXT;
-- 1: its sender wrote it again, or it was stored on the way
ALTER TABLE message ADD COLUMN delayed INTEGER NOT NULL DEFAULT 0;
CREATE INDEX message_replaces ON message (chat, replaces) WHERE replaces IS NOT NULL;

-- From now on all texts of a message stand in version, the one shown too; the first row is the original.
INSERT INTO version (message, stanza, body, time)
  SELECT v.message, '', m.body, max(v.time) FROM version v JOIN message m ON m.row = v.message GROUP BY v.message;
CREATE INDEX version_by_stanza ON version (stanza);

-- when the oldest message that was ever fetched was said; an answer from before that begins anew
ALTER TABLE archive_range ADD COLUMN oldest_time INTEGER;
`;
