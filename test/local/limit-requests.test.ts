import { createServer, request, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { limitRequests } from '../../local/limit-requests.ts';

const open: { readonly path: string | undefined; readonly response: ServerResponse }[] = [];
const server = createServer(({ url: path }, response) => void open.push({ path, response }));

beforeAll(async () => {
  limitRequests(server, 2, (path) => !path.startsWith('/free'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

function send(path: string) {
  const { port } = server.address() as AddressInfo;
  const sent = request({ host: '127.0.0.1', port, path, method: 'POST', agent: false });
  sent.on('response', (reply) => reply.resume());
  sent.on('error', () => undefined);
  sent.end('{}');
  return sent;
}

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await setImmediate();
}

const paths = () => open.map(({ path }) => path);

it('[E15] A burst reaches the functions a few requests at a time, in order, without those whose callers left', async () => {
  const sockets: Socket[] = [];
  const sent = [];
  for (const path of ['/1', '/2', '/3', '/4', '/free']) {
    const arrived = new Promise<Socket>((resolve) => server.once('connection', resolve));
    sent.push(send(path));
    sockets.push(await arrived);
  }
  await until(() => open.length === 3);
  expect(paths()).toEqual(['/1', '/2', '/free']);
  const left = new Promise((resolve) => sockets[2]?.once('close', resolve));
  sent[2]?.destroy();
  await left;
  open[0]?.response.end();
  await until(() => open.length === 4);
  open[1]?.response.end();
  expect(paths()).toEqual(['/1', '/2', '/free', '/4']);
  send('/5');
  await until(() => open.length === 5);
});
