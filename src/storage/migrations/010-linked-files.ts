/** Version 10: what the sender of a link says of the file behind it (XEP-0447), as JSON. */
export const linkedFiles = 'ALTER TABLE message ADD COLUMN file TEXT;';
