/** The ways that files go by, in the order in which they are tried. */
import type { Features } from '../../xmpp/features.ts';
import type { Session } from '../../xmpp/session/session.ts';
import { type FileRoute, ROUTE_NAMES, type RouteName } from '../files/route.ts';
import { streamHostPermit } from '../files/streamhosts.ts';
import { jingle } from '../routes/jingle.ts';
import { type Socks5Terms, si } from '../routes/si.ts';
import { type UploadOptions, upload } from '../routes/upload.ts';

export interface FileRoutesOptions extends Pick<UploadOptions, 'trust' | 'chatOf' | 'share'> {
  readonly features: Features;
  readonly session: Pick<Session, 'domain' | 'localAddress'>;
  /** whether that person may learn our address */
  readonly isDirect: (peer: string) => boolean;
}

export function fileRoutes({ features, session, isDirect, ...options }: FileRoutesOptions): FileRoute[] {
  const { httpUpload, socks5 } = features;
  const socks5Terms = (peer: string): Socks5Terms => {
    const direct = isDirect(peer);
    const { localAddress } = session;
    return { direct, permit: streamHostPermit({ direct, localAddress, proxies: () => socks5.proxies() }) };
  };
  return [
    upload({ ...options, httpUpload }),
    ...jingle({ ...features, socks5Terms }),
    ...si({ ...features, domain: session.domain, socks5Terms }),
  ];
}

/** The route that a setting wants; undefined for all. */
export const onlyRoute = (setting: string): RouteName | undefined =>
  ROUTE_NAMES.find((name) => name === setting);
