/** Version 12: who took a message away as a moderator, and why (XEP-0425), as JSON. */
export const moderated = 'ALTER TABLE message ADD COLUMN moderated TEXT;';
