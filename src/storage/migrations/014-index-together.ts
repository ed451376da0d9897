/**
 * Version 14: messages of one transaction go into the index of words together, as its last statement (src/storage/
 * words.ts), not one by one by a trigger. What is not in the index yet is not taken out of it either.
 */
export const indexTogether = `
DROP TRIGGER message_text_insert;
DROP TRIGGER message_text_delete;
DROP TRIGGER message_text_update;

CREATE TRIGGER message_text_delete AFTER DELETE ON message
  WHEN EXISTS (SELECT 1 FROM message_text_docsize WHERE id = old.row) BEGIN
  INSERT INTO message_text (message_text, rowid, body) VALUES ('delete', old.row, old.body);
END;
CREATE TRIGGER message_text_update AFTER UPDATE OF body ON message
  WHEN EXISTS (SELECT 1 FROM message_text_docsize WHERE id = old.row) BEGIN
  INSERT INTO message_text (message_text, rowid, body) VALUES ('delete', old.row, old.body);
  INSERT INTO message_text (rowid, body) VALUES (new.row, new.body);
END;
`;
