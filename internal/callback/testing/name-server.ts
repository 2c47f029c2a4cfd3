import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { onTestFinished } from 'vitest';

/** What a name server says of a name: its addresses, a code of its own, or nothing at all. */
export type Said = readonly string[] | 'silence' | 'servfail' | 'no AAAA answer';

const TYPE_A = 1;
const TYPE_AAAA = 28;
const SERVFAIL = 2;
const NXDOMAIN = 3;
/** Of the question's name, as a pointer to it. */
const POINTER = 0xc00c;

/** A DNS server (UDP) that answers as it is told, and NXDOMAIN else. Closed with the test. */
export class NameServer {
  /** Names that were asked for, in order, one entry for both families. */
  readonly asked: string[] = [];
  readonly #socket: Socket;
  readonly #say: (name: string) => Said | undefined;

  private constructor(socket: Socket, say: (name: string) => Said | undefined) {
    this.#socket = socket;
    this.#say = say;
    socket.on('message', (question, from) => this.#answer(question, from));
  }

  static async start(
    say: (name: string) => Said | undefined,
    at = { address: '127.0.0.1', port: 0 },
  ): Promise<NameServer> {
    const socket = createSocket('udp4');
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject).bind(at, resolve);
    });
    onTestFinished(async () => {
      await new Promise<void>((resolve) => socket.close(resolve));
    });
    return new NameServer(socket, say);
  }

  get address(): string {
    return `127.0.0.1:${this.#socket.address().port}`;
  }

  #answer(question: Buffer, from: RemoteInfo): void {
    const { name, end } = nameIn(question);
    const type = question.readUInt16BE(end);
    if (type === TYPE_A) this.asked.push(name);
    const said = this.#say(name);
    if (said === 'silence' || (said === 'no AAAA answer' && type === TYPE_AAAA)) return;
    const addresses = said === 'no AAAA answer' ? ['127.0.0.1'] : Array.isArray(said) ? said : [];
    const code = said === undefined ? NXDOMAIN : said === 'servfail' ? SERVFAIL : 0;
    const records = addresses
      .filter((address) => isIPv6(address) === (type === TYPE_AAAA))
      .map((address) => record(type, address));
    const head = Buffer.alloc(12);
    head.writeUInt16BE(question.readUInt16BE(0), 0);
    head.writeUInt16BE(0x8180 | code, 2);
    head.writeUInt16BE(1, 4);
    head.writeUInt16BE(records.length, 6);
    this.#socket.send(
      Buffer.concat([head, question.subarray(12, end + 4), ...records]),
      from.port,
      from.address,
    );
  }
}

function nameIn(question: Buffer): { name: string; end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = question[at] ?? 0; length > 0; length = question[at] ?? 0) {
    labels.push(question.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.').toLowerCase(), end: at + 1 };
}

function record(type: number, address: string): Buffer {
  const data = type === TYPE_A ? Buffer.from(address.split('.').map(Number)) : six(address);
  const head = Buffer.alloc(12);
  head.writeUInt16BE(POINTER, 0);
  head.writeUInt16BE(type, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt16BE(data.length, 10);
  return Buffer.concat([head, data]);
}

/** @param address with `::` once, and no IPv4 part. */
function six(address: string): Buffer {
  const [before = [], after = []] = address
    .split('::')
    .map((half) => half.split(':').filter((group) => group !== ''));
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0');
  const groups = [...before, ...zeros, ...after].map((group) => Number.parseInt(group, 16));
  return Buffer.from(groups.flatMap((group) => [group >> 8, group & 0xff]));
}
