import { errors } from 'undici';
import { RefusedAddressError } from './address-guard.ts';
import { DeliveryTimeoutError } from './deadline.ts';

const NO_TLS = 'it does not speak TLS. Check scheme and port of the callback URL.';

/** Codes of node and undici, and what each says of the host. */
const BY_CODE: Readonly<Record<string, string>> = {
  ENOTFOUND: 'its name is not known to DNS. Check the host of the callback URL.',
  EAI_AGAIN: 'its name cannot be resolved at present. Check the DNS of the controller.',
  ETIMEOUT:
    'DNS did not answer in time for its name. Check the name, and the DNS of the controller.',
  ECONNREFUSED: 'it refused the connection. Check that the receiver runs and listens on that port.',
  ECONNRESET: 'it closed the connection before it answered. See the log of the receiver.',
  EPIPE: 'it closed the connection before it had the whole body. See the log of the receiver.',
  UND_ERR_SOCKET: 'it closed the connection before it answered. See the log of the receiver.',
  UND_ERR_CONNECT_TIMEOUT: 'no connection in time. Check the network and its firewalls.',
  ETIMEDOUT: 'no connection in time. Check the network and its firewalls.',
  EHOSTUNREACH: 'there is no route to it. Check the network of the controller.',
  ENETUNREACH: 'there is no route to it. Check the network of the controller.',
  ERR_SSL_WRONG_VERSION_NUMBER: NO_TLS,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: NO_TLS,
  UND_ERR_REQ_CONTENT_LENGTH_MISMATCH: 'the stored job changed while it was being sent.',
};

const TLS_CODE = /^(ERR_TLS_|ERR_SSL_|CERT_|UNABLE_TO_|EPROTO|DEPTH_ZERO_|SELF_SIGNED_|HOSTNAME_)/;

/** Why a try got no answer, in words that name the host and what to do. Pure. */
export function failureText(error: unknown, host: string): string {
  if (error instanceof RefusedAddressError) return error.message;
  if (error instanceof DeliveryTimeoutError) return `POST to ${host} failed: ${error.message}`;
  const code = errorCode(error);
  return `POST to ${host} failed: ${explain(code, error)}${code === undefined ? '' : ` (${code})`}`;
}

function explain(code: string | undefined, error: unknown): string {
  const known = code === undefined ? undefined : BY_CODE[code];
  if (known !== undefined) return known;
  if (code !== undefined && TLS_CODE.test(code)) {
    return (
      'TLS failed. Its certificate has to be valid for that name and come from an authority that ' +
      'the controller trusts (NODE_EXTRA_CA_CERTS adds one).'
    );
  }
  // undici gives the code of its parser (HPE_…) not with every build of that parser.
  if (error instanceof errors.HTTPParserError) return 'it answered something that is not HTTP.';
  return error instanceof Error ? error.message : String(error);
}

function errorCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if ('code' in error && typeof error.code === 'string') return error.code;
  return errorCode(error.cause);
}
