import { PassThrough, Readable } from 'node:stream';
import { createAsk } from '../../../local/setup/ask.ts';

/** What is typed, and what the terminal shows. */
function makeTerminal() {
  const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => input });
  const output = new PassThrough();
  const shown: string[] = [];
  output.on('data', (chunk: Buffer) => shown.push(chunk.toString('utf8')));
  return { input, ask: createAsk(input, output), shown: () => shown.join('') };
}

it('The setup shows what is typed for a question, and nothing of a secret', async () => {
  const { input, ask, shown } = makeTerminal();

  const line = ask.line('Domain');
  input.write('owner.example.com\r');
  const secret = line.then(() => {
    const answer = ask.secret('Client secret');
    input.write('very-secret\r');
    return answer;
  });

  expect([await line, await secret]).toEqual(['owner.example.com', 'very-secret']);
  expect(shown()).toContain('owner.example.com');
  expect(shown()).toContain('Client secret: ');
  expect(shown()).not.toContain('very');
});

it('Ctrl-C at a question stops the setup and says what to do', async () => {
  const { input, ask } = makeTerminal();

  const answer = ask.secret('Client secret');
  input.write('\u0003');

  await expect(answer).rejects.toThrow('Run npm run setup again');
});

it('The setup takes a piped line for each question, and stops when there are no more', async () => {
  const output = new PassThrough();
  const ask = createAsk(Readable.from(['first\nsecond\n']), output);

  expect([await ask.secret('Client secret'), await ask.secret('Access token')]).toEqual(['first', 'second']);
  await expect(ask.line('Client ID')).rejects.toThrow('nothing more to read for "Client ID"');
  expect(String(output.read())).not.toMatch(/first|second/);
  ask.close();
});
