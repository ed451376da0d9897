/** Full text of every body, accents folded (SQLite FTS5). The words stand in `message`; this is their index. */
export const search = `
CREATE VIRTUAL TABLE message_text USING fts5 (
  body, content = 'message', content_rowid = 'row', tokenize = 'unicode61 remove_diacritics 2'
);
-- what is deleted is gone from the index too, down to the bytes
INSERT INTO message_text (message_text, rank) VALUES ('secure-delete', 1);
INSERT INTO message_text (message_text) VALUES ('rebuild');

CREATE TRIGGER message_text_insert AFTER INSERT ON message BEGIN
  INSERT INTO message_text (rowid, body) VALUES (new.row, new.body);
END;
CREATE TRIGGER message_text_delete AFTER DELETE ON message BEGIN
  INSERT INTO message_text (message_text, rowid, body) VALUES ('delete', old.row, old.body);
END;
CREATE TRIGGER message_text_update AFTER UPDATE OF body ON message BEGIN
  INSERT INTO message_text (message_text, rowid, body) VALUES ('delete', old.row, old.body);
  INSERT INTO message_text (rowid, body) VALUES (new.row, new.body);
END;
`;
