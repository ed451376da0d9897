/** The ways that files go by, in the order in which they are tried. */
import type { Features } from '../../xmpp/features.ts';
import type { FileRoute } from '../files/route.ts';
import { siIbb } from '../routes/si-ibb.ts';

export function fileRoutes(features: Features): FileRoute[] {
  return [siIbb(features)];
}
