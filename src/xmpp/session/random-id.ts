import { randomBytes } from 'node:crypto';

let pool = Buffer.alloc(0);
let used = 0;

/** 128 random bits in base64url (22 characters). One read of the system's generator serves 64 ids. */
export function randomId(): string {
  if (used >= pool.length) {
    pool = randomBytes(16 * 64);
    used = 0;
  }
  used += 16;
  return pool.toString('base64url', used - 16, used);
}
