/** Version 15: the instance that writes a correction, retraction or reaction, as of messages (src/storage/messages.ts). */
export const amendmentWriter = 'ALTER TABLE amendment ADD COLUMN writer TEXT;';
