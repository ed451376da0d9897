/** `<stream:error/>`, read and written. RFC 6120 §4.9. */
import { StreamError } from '../errors.ts';
import { NS_STREAMS } from './stream-parser.ts';
import { type Element, x } from './xml.ts';
import type { XmlFault } from './xml-fault.ts';

export const NS_STREAM_ERRORS = 'urn:ietf:params:xml:ns:xmpp-streams';

/** The server ended the stream. `otherHost` is the text of `<see-other-host/>`. */
export class RemoteStreamError extends StreamError {
  readonly otherHost: string | undefined;
  constructor(condition: string, text?: string, otherHost?: string) {
    super(condition, text);
    this.otherHost = otherHost;
  }
}

/** What the server sent cannot be read. `told` is what it is told of that; `sent-too-much` goes as `policy-violation`. */
export class UnreadableError extends StreamError {
  readonly told: XmlFault;
  constructor(told: XmlFault, text: string) {
    super(told === 'policy-violation' ? 'sent-too-much' : told, text);
    this.told = told;
  }
}

/** Reads a stream error; one without a known condition is `undefined-condition`. `undefined` for other elements. */
export function parseStreamError(element: Element): RemoteStreamError | undefined {
  if (!element.is('error', NS_STREAMS)) return undefined;
  const named = element.getChildElements().filter((node) => node.getNS() === NS_STREAM_ERRORS);
  const condition = named.find((node) => node.getName() !== 'text');
  const name = condition?.getName() ?? 'undefined-condition';
  return new RemoteStreamError(
    name,
    element.getChild('text', NS_STREAM_ERRORS)?.getText(),
    name === 'see-other-host' ? condition?.getText() : undefined,
  );
}

/** What we tell a server before we close for its fault. */
export function xStreamError(condition: string, application?: Element): Element {
  return x('stream:error', {}, x(condition, { xmlns: NS_STREAM_ERRORS }), application);
}
