/** The ways that files go by, in the order in which they are tried. */
import type { Features } from '../../xmpp/features.ts';
import { type FileRoute, ROUTE_NAMES, type RouteName } from '../files/route.ts';
import { jingle } from '../routes/jingle.ts';
import { siIbb } from '../routes/si-ibb.ts';
import { type UploadOptions, upload } from '../routes/upload.ts';

export function fileRoutes(
  features: Features,
  options: Pick<UploadOptions, 'trust' | 'chatOf' | 'share'>,
): FileRoute[] {
  return [upload({ ...options, httpUpload: features.httpUpload }), ...jingle(features), siIbb(features)];
}

/** The route that a setting wants; undefined for all. */
export const onlyRoute = (setting: string): RouteName | undefined =>
  ROUTE_NAMES.find((name) => name === setting);
