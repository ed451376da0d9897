/** Message styling (XEP-0393) for faces, which read it through here and never through the protocol rooms. */
export { type Block, FENCE, MARKS, parseStyling, type Span } from '../xmpp/styling.ts';
