import type { Run } from '../../desk-api.ts';

const STATUS: Readonly<Record<Run['status'], string>> = {
  sending: 'HubSpot is delivering it',
  queued: 'Waiting in the queue',
  done: 'Done',
  failed: 'The workbench failed',
};

/** One enrollment: what the workflow history would say first, then everything behind it. */
export function RunView({ run, isNewest }: { readonly run: Run; readonly isNewest: boolean }) {
  return (
    <article className="tile" aria-label={`Enrollment of ${run.title}`} {...(isNewest && { 'aria-live': 'polite' })}>
      <h3>{run.title}</h3>
      <p className={`status-tag ${run.status === 'done' ? 'success' : 'info'}`}>
        {STATUS[run.status]}
        {run.state !== '' && `, ${run.state}`}
      </p>
      {run.historySentence !== '' && <p className="sentence">{run.historySentence}</p>}
      <dl>
        <div>
          <dt>Owner before</dt>
          <dd>{run.ownerBefore}</dd>
        </div>
        <div>
          <dt>Owner after</dt>
          <dd>{run.ownerAfter}</dd>
        </div>
        {run.attempts.length > 0 && (
          <div>
            <dt>Deliveries</dt>
            <dd>{run.attempts.join(', ')}</dd>
          </div>
        )}
        {run.retryWaitsMs.length > 0 && (
          <div>
            <dt>Retries</dt>
            <dd>{`${run.retryWaitsMs.length}, the last after ${run.retryWaitsMs.at(-1)} ms`}</dd>
          </div>
        )}
      </dl>
      {run.violations.length > 0 && (
        <ul className="complaint">
          {run.violations.map((violation) => (
            <li key={violation}>{violation}</li>
          ))}
        </ul>
      )}
      <Outputs run={run} />
      <details>
        <summary>{`Calls to HubSpot (${run.calls.length})`}</summary>
        <ol>
          {run.calls.map(({ afterMs, method, path, status }, index) => (
            <li key={index}>{`${afterMs} ms ${method} ${path} ${status ?? 'no answer'}`}</li>
          ))}
        </ol>
      </details>
      <Text title={`Log lines (${run.logLines.length})`} text={run.logLines.join('\n')} />
      <Text title="The signed request as curl" text={run.curl} />
    </article>
  );
}

function Outputs({ run }: { readonly run: Run }) {
  const outputs = Object.entries(run.outputs).filter(([, value]) => value !== '');
  if (outputs.length === 0) return null;
  return (
    <details>
      <summary>{`Outputs (${outputs.length})`}</summary>
      <dl>
        {outputs.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

function Text({ title, text }: { readonly title: string; readonly text: string }) {
  if (text === '') return null;
  return (
    <details>
      <summary>{title}</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard. */}
      <pre tabIndex={0}>{text}</pre>
    </details>
  );
}
